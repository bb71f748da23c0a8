# 事実から語るインシデントの文(story.rs)。

## 名称

story-via-rdp = RDP
story-via-smb = SMB
story-via-winrm = WinRM
story-via-wmi = WMI
story-via-ssh = SSH
story-via-vpn = VPN
story-via-vdi = VDI
story-via-service = サービス
story-via-task = タスク
story-via-web = Web
story-via-database = データベース
story-via-other = その他

story-basis-session = 同一のセッション
story-basis-process = 直前のセッションのプロセスが接続
story-basis-credentials = 直前のセッションで使われた認証情報
story-basis-same-account = 移動元に同じアカウントのセッション
story-basis-account-change = 移動元の別のアカウントのセッションが最有力の原因
story-basis-same-way-in = 以前と同じ侵入経路
story-basis-address = 侵入者のアドレスからの接続
story-basis-finding = この記録そのものを検知
story-basis-time = 時刻の一致
story-basis-time-only = 時刻の一致のみ

story-status-confirmed = 確認済み
story-status-suspected = 疑いあり

story-note-retiring = 撤去予定
story-note-retired = 撤去済み
story-note-ownerless = 管理者不明
story-note-unlisted = 台帳にない
story-note-privileged = 特権
story-note-left = 退職
story-note-site = 拠点 { $name }

## 文の部品

story-unnamed = （名称なし）
story-quoted = 「{ $name }」
story-list-and = { $list }、{ $last }
story-list-more = { $list }ほか{ $count }件
story-list-more-hosts = { $list }ほか{ $count }台
story-between-sentences = { "" }
story-when = { $time }に
story-list-more-stores = { $list }ほか{ $count }か所
story-time-unknown = 不明な時刻
story-when-between = { $from }から{ $to }までの間に
story-dated = { $name }（{ $date }）

story-by-rdp = RDP
story-by-smb = SMB
story-by-winrm = WinRM
story-by-wmi = WMI
story-by-ssh = SSH
story-by-vpn = VPN
story-by-vdi = VDI
story-by-service = リモートからのサービス作成
story-by-task = リモートからのタスク作成
story-by-web = Webリクエスト
story-by-database = データベース接続

story-data-files = { $store }のファイル{ $count }件
story-data-files-sized = { $store }のファイル{ $count }件（{ $bytes }）
story-data-objects = { $store }のデータ{ $count }件
story-data-objects-sized = { $store }のデータ{ $count }件（{ $bytes }）
story-data-some = { $store }のデータ
story-data-some-sized = { $store }のデータ（{ $bytes }）
story-stores = { $count }か所

## 題名

story-intruder = 侵入者（疑い）
story-intruder-from = { $name } からの侵入者（疑い）
story-intruder-account = アカウント { $name } を使う侵入者（疑い）
story-hosts = { $count }台のホスト
story-title-reached = { $who }が{ $hosts }に到達
story-title-read = { $who }が{ $data }を読み取り
story-title-reached-read = { $who }が{ $hosts }に到達し、{ $data }を読み取り
story-title-used = { $who }が侵入
story-title-supposed = { $who }が{ $hosts }に到達した疑い
story-title-more = { $finding }、ほか検知{ $count }件
story-title-finding-read = { $finding }、{ $data }の読み取り
story-title-only-read = { $data }の読み取り
story-title-nothing = 不審なイベント

## 侵入の始まり

story-entry-host = { $when }、侵入者が{ $details }{ $name } に侵入{ $sure ->
    [yes] しました
   *[no] したと推定されます
}。
story-entry-host-inside = { $when }、侵入者が{ $details }{ $name } に侵入{ $sure ->
    [yes] しました
   *[no] したと推定されます
}が、{ $from } に至るまでの経路は与えられたログからは確認できません。
story-entry-account = { $when }、侵入者が{ $details }アカウント { $name } を使用{ $sure ->
    [yes] しました
   *[no] したと推定されます
}。
story-entry-account-inside = { $when }、侵入者が{ $details }アカウント { $name } を使用{ $sure ->
    [yes] しました
   *[no] したと推定されます
}が、{ $from } に至るまでの経路は与えられたログからは確認できません。
story-entry-unknown = 与えられたログからは侵入経路を確認できず、本件が最初に確認されたのは{ $time }です。
story-entry-unknown-host = 与えられたログからは侵入経路を確認できず、最初の兆候は { $name } にあります（{ $time }）。
story-entry-unknown-account = 与えられたログからは侵入経路を確認できず、最初の兆候はアカウント { $name } にあります（{ $time }）。
story-entry-from = { $name } から
story-entry-by = { $by }で、
story-entry-with = アカウント { $name } を使って、

## 検知

story-finding-at = 、ホスト { $name }
story-finding-with = 、アカウント { $name }
story-finding-only = 本件の根拠は検知{ $title }（{ $level }{ $where }、{ $time }）1件だけで、正当な操作だった可能性も残ります。
story-finding-one = 本件を示す検知は{ $title }（{ $level }{ $where }、{ $time }）の1件です。
story-findings = 本件を示す検知は{ $count }件で、最初のものは{ $title }（{ $level }{ $where }、{ $time }）です。
story-findings-medium = 本件を示す検知は{ $count }件で、レベル「中」以上の最初のものは{ $title }（{ $level }{ $where }、{ $time }）です。

## 移動

story-start = 侵入者は { $name } を踏み台に
story-start-first = 侵入者は { $name } を起点に
story-start-outside = 侵入者は { $name } から
story-start-unknown = 侵入者は
story-by = { $by }で
story-moved-one = { $start }、{ $when }、{ $hosts }へ{ $by }水平展開しました。
story-moved = { $start }、{ $when }、{ $hosts }へ、この順に{ $by }水平展開しました。
story-moved-days = { $start }、{ $hosts }へ、この順に{ $by }水平展開しました（日付はUTC）。
story-again = 侵入者はその後も、別の{ $count }日に同じ経路で侵入を繰り返しました（最後は{ $date }、UTC）。

## アカウント

story-change = { $host }で{ $from }から{ $to }
story-change-up = { $host }で{ $from }から特権アカウント{ $to }（権限昇格）
story-changed = 侵入者の使うアカウントは次のように変わりました：{ $changes }。
story-changed-also = 侵入者の使うアカウントは次のように変わりました：{ $changes }（ほかに { $accounts }も使用）。
story-accounts-one = 移動に使われたのはアカウント { $accounts }です。
story-accounts = 移動に使われたのはアカウント { $accounts }です。

## データ

story-read = 侵入者は、{ $when }、{ $data }を読み取りました。
story-read-also = 侵入者は、{ $when }、{ $data }を読み取り、さらに{ $more }も読み取ったと推定されます。
story-read-supposed = 侵入者は、{ $when }、{ $data }を読み取ったと推定されます。

## 注意を要するもの

story-stands-out = 特に{ $things }に注意が必要です。
story-noted = { $names }（{ $notes }）

## 推定にとどまること

story-supposed-move = { $from }から{ $to }への移動
story-supposed-move-why = { $from }から{ $to }への移動（根拠：{ $why }）
story-supposed = { $moves }は推定にとどまります。
story-supposed-also = { $moves }は推定にとどまり、{ $names }も関与した可能性があります。
story-suspected = { $names }も関与した可能性がありますが、それを示す記録はありません。

## ログからわからないこと

story-limits-unread = 与えられたログにデータの読み取りは見つかっていませんが、なかったとは言い切れず、実際の侵入も最初の記録（{ $first }）より前だった可能性があります。
story-limits-unsent = データが社外に出たかどうかはこれらの記録からは確認できず、実際の侵入も最初の記録（{ $first }）より前だった可能性があります。
story-limits-sent = データ持ち出しの兆候がありますが（{ $time }）、どのデータが送られたかは確認できず、実際の侵入も最初の記録（{ $first }）より前だった可能性があります。
story-last = 本件が最後に確認されたのは{ $time }です。

## 深刻度の理由

story-why-findings = 検知{ $count }件（最も高いレベルは「{ $level }」）
story-why-stage = 「{ $tactic }」の兆候
story-why-spread = 経路上のホスト{ $hosts }台、使われたアカウント{ $accounts }件
story-why-asset = 重要度{ $criticality }（5段階）の { $name } に到達
story-why-privileged = 特権アカウント { $name } の使用
story-why-read = データ{ $count }件の読み取り
story-why-read-sized = データ{ $count }件（{ $bytes }）の読み取り
story-why-neglected = { $name } の関与（{ $note }）
story-why-single = 根拠は検知1件のみ
story-why-budget = 引き下げ：「中」以上のインシデントが1日{ $count }件の枠を超え、ほかのほうが強い根拠を持つ

## 時系列の行

story-moment-hop = { $from }から{ $to }への移動
story-moment-hop-detail = { $from }から{ $to }への移動（{ $details }）
story-moment-hop-supposed = { $from }から{ $to }への移動（推定）
story-moment-hop-supposed-detail = { $from }から{ $to }への移動（推定、{ $details }）
story-moment-entry = { $host }での侵入者の最初の形跡
story-moment-entry-from = { $from }から{ $host }への侵入
story-moment-account = アカウント { $name }
story-moment-basis = 根拠：{ $why }
story-moment-read = { $data }の読み取り
story-moment-read-until = { $data }の読み取り、{ $time }まで
story-moment-alike = 同種{ $count }件

# 人が読むすべての文の日本語版。en.ftlと同じキー、同じ変数を持つ(テストで照合する)。

## レベルなどの名称

level-informational = 情報
level-low = 低
level-medium = 中
level-high = 高
level-critical = 重大

tactic-reconnaissance = 偵察
tactic-resource-development = 攻撃準備
tactic-initial-access = 初期侵入
tactic-execution = 実行
tactic-persistence = 永続化
tactic-privilege-escalation = 権限昇格
tactic-defense-evasion = 防御回避
tactic-credential-access = 認証情報の窃取
tactic-discovery = 内部探索
tactic-lateral-movement = 水平展開
tactic-collection = データ収集
tactic-command-and-control = 遠隔操作（C2）
tactic-exfiltration = データ持ち出し
tactic-impact = 破壊・妨害

language-name = 日本語
list-separator = 、

## 単位の付く数

bytes-b = { $number }バイト
bytes-kib = { $number } KiB
bytes-mib = { $number } MiB
bytes-gib = { $number } GiB
bytes-tib = { $number } TiB
duration-seconds = { $seconds }秒
duration-minutes = { $minutes }分{ $seconds }秒
duration-hours = { $hours }時間{ $minutes }分
duration-days = { $days }日{ $hours }時間
time-unknown = 時刻不明

## 検知の要約文(titleはルールの題名)

finding-sigma = { $title }：{ $who }
finding-with-detail = { $sentence }（{ $detail }）
finding-ran = { $user } が { $host } で実行
finding-accessed = { $user } が { $host } でアクセス
finding-concerned = { $host } のアカウント { $user }
finding-user = アカウント { $user }
finding-host = ホスト { $host }
finding-detail-source = 接続元 { $name }
finding-detail-target-user = 対象アカウント { $name }
finding-detail-target = 接続先 { $name }
finding-detail-process = プロセス { $name }
finding-detail-service = サービス { $name }
finding-detail-share = 共有 { $name }
finding-detail-file = ファイル { $name }
finding-detail-domain = ドメイン名 { $name }
finding-detail-url = URL { $name }
finding-detail-mailbox = メールボックス { $name }
finding-detail-database = データベース { $name }
finding-detail-object-user = メンバー { $name }
finding-external = { $tool } が報告：{ $title }
finding-intel-title = 脅威情報：{ $value }
finding-intel = { $value } は { $source } の脅威情報に登録
finding-intel-named = { $value }（{ $title }）は { $source } の脅威情報に登録
finding-detail-confidence = 信頼度{ $confidence }
finding-detail-valid-until = 有効期限 { $time }

correlation-sigma = { $title }：{ $group }、{ $from }から{ $duration }の間に{ $count }件
correlation-sigma-ungrouped = { $title }：{ $from }から{ $duration }の間に{ $count }件
correlation-sigma-instant = { $title }：{ $group }、{ $from }に{ $count }件
correlation-sigma-ungrouped-instant = { $title }：{ $from }に{ $count }件
correlation-value = { $sentence }（到達値 { $value }）
group-user = アカウント { $name }
group-host = ホスト { $name }
group-address = アドレス { $name }
group-mailbox = メールボックス { $name }
group-domain = ドメイン { $name }
group-share = 共有 { $name }
group-database = データベース { $name }
group-process = プロセス { $name }
group-other = { $field } = { $name }

## 調査の途中

progress-listing = ログを探しています
progress-reading = 読み込み中
progress-writing = 結果を書き出しています
progress-speed = 毎秒{ $speed }
progress-remaining = 残り約{ $duration }
progress-findings = 検知{ $count }件

## 調査結果の画面

hunt-title = Yagura { $version }　調査結果
hunt-heading-inputs = 読み込み
hunt-heading-events = イベント
hunt-heading-time-range = 期間
hunt-heading-rules = ルール
hunt-heading-indicators = 脅威情報
hunt-heading-duration = 所要時間
hunt-heading-findings = 検知
hunt-heading-top-rules = 重要度・件数の上位ルール
hunt-heading-hosts = 先に確認したいホスト
hunt-heading-accounts = 先に確認したいアカウント
hunt-heading-log-sources = ログの種類ごとのイベント数
hunt-heading-errors = 読めなかったもの
hunt-heading-output = 出力先
hunt-heading-next = 次にすること
hunt-inputs = { $files }ファイル、{ $bytes }
hunt-inputs-failed = { $failed }件は読めませんでした
hunt-events-per-second = { $count }件（毎秒{ $speed }件）
hunt-time-range = { $first } ～ { $last }（{ $duration }）
hunt-time-range-none = 時刻を持つイベントがありません
hunt-rules = { $loaded }件
hunt-rules-problems = { $loaded }件。ほかに使えないルールが{ $problems }件あります（yagura rules check で確認できます）
hunt-indicators = { $loaded }件
hunt-indicators-set-aside = 誰もが使うサービスのため除外{ $count }件
hunt-indicators-unusable = 使えないもの{ $count }件
hunt-indicators-where = 内訳はsummary.jsonの「indicators」
hunt-intel-broken = 参考：{ $file } は脅威情報として読めませんでした（{ $reason }）
hunt-no-findings = ルールに一致するイベントはありませんでした。ただし、確認できたのはこのログに記録されている範囲だけです。
hunt-findings-total = { $count }件
hunt-count-findings = { $count }件
hunt-more-rows = …ほか{ $count }件はsummary.jsonをご覧ください
hunt-log-source-unknown = 種類がわからないログ（すべてのルールを試しました）
hunt-errors-total = { $count }か所。主な理由は次のとおりです。
hunt-errors-where = すべての箇所と理由は { $path } に記録しています。
hunt-output = 結果はすべて { $path } にあります
hunt-output-findings = 検知の一覧（1行に1件、時刻順）
hunt-output-timeline = 検知の根拠となったイベント（Timesketchに取り込めます）
hunt-output-errors = 読めなかったものとその理由
hunt-output-summary = この画面の数値（プログラム向け）
hunt-next-critical = 「重大」と「高」の検知から確認してください。そのホストの管理者に、予定された作業だったかを尋ねます。心当たりがなければ、インシデントとして対応を始めてください。
hunt-next-keep = 元のログは変更せずに保管してください。検知は、元のレコードを番号とSHA-256で指し示しています。
hunt-next-nothing = 確認したいログが読み込まれているか、「ログの種類ごとのイベント数」で確かめてください。
hunt-next-more-rules = ルールを増やすと、見つけられるものも増えます：{ $command }
hunt-fail-on = レベル「{ $level }」以上の検知があるため、終了コードは3です。

## 読めなかった理由(errors.jsonlのcode)

read-error-unreadable = 開けない、または読み取れない
read-error-folder-loop = 自分自身に戻るフォルダー
read-error-empty = 中身が空
read-error-unknown-format = 対応していない形式
read-error-damaged-archive = 壊れたアーカイブ
read-error-outside-path = アーカイブの外を指すファイル名
read-error-encrypted = 暗号化されたアーカイブ
read-error-too-deep = アーカイブの入れ子が深すぎる
read-error-too-large = 展開後の大きさが異常
read-error-truncated = 末尾が欠けている
read-error-damaged-part = イベントログの一部が破損
read-error-damaged-record = レコードの破損
read-error-long-record = 長すぎるレコード
read-error-bad-encoding = 文字コードの誤り
read-error-bad-time = 時刻を読み取れない
read-error-clock-step = 時計が戻っている

## コマンドのエラー

cli-error = エラー：{ $reason }
cli-error-output-exists = 出力先フォルダー { $path } は空ではありません。--out で別の場所を指定するか、--force で上書きしてください。
cli-error-write = { $path } に書き込めません（{ $reason }）。フォルダーの権限と空き容量を確認してください。
cli-error-spill = 一時領域を使えません（{ $reason }）。空き容量のあるフォルダーをTMPDIRに設定してください。
cli-error-rules = { $path } のルールを読めません（{ $reason }）。--rules に指定したパスを確認してください。
cli-error-intel = { $path } の脅威情報を読めません（{ $reason }）。--intel に指定したパスを確認してください。
cli-error-intel-allow = 除外リスト { $path } を使えません（{ $reason }）。1行に1件の値を書いたテキストファイルを指定してください。
cli-error-intel-none = 脅威情報をまったく読めませんでした。{ $path }：{ $reason }。STIX 2のバンドル、MISPのイベント、テキストまたはCSVのリストを指定してください。
cli-error-placeholders = { $path } のプレースホルダーの値を使用できません: { $reason }。名前と文字列のリストを対応させた JSON オブジェクトにしてください。
cli-error-no-rules = 使えるルールがありません。--rules で指定するか、--no-builtin-rules を外してください。
cli-error-nothing-read = { $count }件の入力をいずれも読めませんでした。それぞれの理由は、出力先フォルダーのerrors.jsonlに記録しています。
cli-error-no-inputs = 指定された場所にファイルがありません。ファイル、フォルダー、または標準入力を表す - を指定してください。
cli-error-bad-time = 「{ $text }」は時刻として読めません。2026-05-07T09:00:00+09:00 や 2026-05-07 のように書いてください。
cli-error-bad-zone = 「{ $text }」はタイムゾーンとして読めません。Asia/Tokyo、UTC、+09:00 のように書いてください。
cli-error-bad-format = 「{ $text }」という形式はありません。使える形式は { $known } です。
cli-error-bad-pair = 「{ $text }」は { $shape } の形で書いてください。
cli-error-missing-path = { $path } というファイルやフォルダーはありません。

## yagura doctor

doctor-title = Yaguraの動作環境の確認
doctor-good = 正常
doctor-note = 参考
doctor-bad = 問題
doctor-version = Yagura { $version }（{ $system }）
doctor-threads = { $count ->
    [1] 使えるプロセッサーは{ $count }個です（増やすと速くなります）
   *[other] 使えるプロセッサーは{ $count }個です
}
doctor-rules = 組み込みルール{ $count }件を使えます
doctor-rules-bad = 使えない組み込みルールが{ $count }件あります。お手数ですがご報告ください
doctor-temp = 一時領域 { $path } に書き込めます
doctor-temp-bad = 一時領域 { $path } に書き込めません（{ $reason }）。書き込めるフォルダーをTMPDIRに設定してください
doctor-cache = コンパイル済みのルールを { $path } に保存します（次回の起動が速くなります）
doctor-cache-bad = { $path } に書き込めません（{ $reason }）。動作に支障はありませんが、起動のたびにルールをコンパイルします
doctor-output = 結果を { $path } に書き込めます
doctor-output-bad = 結果を { $path } に書き込めません（{ $reason }）。--out で別のフォルダーを指定してください
doctor-zone = タイムゾーンは { $zone } です。タイムゾーンのないログの時刻は、--tz で指定しない限り { $default } とみなします
doctor-language = 表示言語は{ $language }です（--lang で変更できます）
doctor-self-test = 小さなログを読み、その中の侵入を検知できました
doctor-self-test-bad = 小さなログを読みましたが、その中の侵入を検知できませんでした（{ $reason }）
doctor-all-good = 問題は見つかりませんでした。
doctor-some-bad = 問題が{ $count }件あります。対処方法は上の行をご覧ください。

## yagura rules

rules-check-good = { $rules }件のルールに問題はありません（{ $files }ファイル）。
rules-check-problems = 使えないルール{ $errors }件、警告{ $warnings }件。使えるルールは{ $rules }件です（{ $files }ファイル）。
rules-list-total = ルール{ $count }件、相関ルール{ $correlations }件
rules-coverage-title = ルールが対象とするもの
rules-coverage-heading-tactic = 戦術
rules-coverage-heading-technique = 技術
rules-coverage-heading-log-source = ログの種類
rules-coverage-techniques = ATT&CKの技術{ $count }件に、少なくとも1件のルールがあります
rules-coverage-untagged = 技術の記載がないルールが{ $count }件あります

# ログの形式
cli-error-read = { $path } を読み込めません: { $reason }
sources-check-good = 形式ファイル { $files } 個に問題はありません。
sources-check-problems = 問題が { $problems } 件あります。
sources-list-others = ほかに: { $names }
sources-list-total = 形式は { $count } 種類です。
sources-coverage-missing = 不足: { $columns }
sources-try-unknown = { $path }: { $reason }
sources-try-format = { $path }: { $format } として読み込みます
sources-try-guess = { "  " }{ $format }: 先頭レコードの { $share } %
sources-try-no-time = 時刻なし
sources-try-counts = { $records } レコード、うち種別判明 { $known }、時刻あり { $timed }
role-actor = 行為者
role-source = 接続元
role-target = 対象ホスト
role-object = 操作対象
role-bytes = バイト数

# 会社の台帳、ホスト名のないログの扱い
cli-error-inventory = { $reason }
hunt-inventory-problem = 台帳: { $problem }
hunt-heading-inventory = 台帳
hunt-inventory = 機器 { $assets } 台、アカウント { $users } 件
hunt-inventory-problems = （問題のある行 { $count } 件: summary.json）
hunt-heading-assigned-hosts = ホスト名を含まないログの帰属先
hunt-assigned-by-option = { $host }（指定による）
hunt-assigned-by-inventory = { $host }（台帳による）
hunt-assigned-by-file = 不明（ファイルをホストとみなす）
hunt-assigned-hint = --host 名前=GLOB で指定するか、--assets で台帳を渡してください。

//! Customers as lists have them: told apart, found again, and where their data lies.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn store(name: &str, customers: u64) -> Store {
    Store { name: name.to_owned(), customers, readers: vec![format!("GG-{name}")] }
}

fn shelf(host: &str, customers: u64) -> Shelf {
    let share = |number: u64| Share {
        store: format!("{host}:/share{number}"),
        rng: Rng::new(number).of(host, number),
        readers: vec![format!("GG-share{number}"), "GG-it".to_owned()],
    };
    Shelf { shares: (0..4).map(share).collect(), folders: 100, customers }
}

fn customers(count: u64) -> Customers {
    let plan = Plan {
        customers: count,
        shelves: vec![shelf("fs01", 188), shelf("nas01", 900)],
        orders: store("orderdb", 2000),
        construction: store("cinfo01", 704),
        construction_ended: 83,
        sales_reps: vec!["t.sato".to_owned(), "k.ito".to_owned()],
    };
    Customers::new(&Rng::new(42), plan)
}

#[test]
fn the_corporate_number_of_the_tax_agency_has_its_published_check_digit() {
    assert_eq!(corporate_number(12_050_002), "7000012050002");
}

#[test]
fn the_same_plan_gives_the_same_customers() {
    let (one, other) = (customers(3000), customers(3000));
    assert!((0..3000).all(|index| one.customer(index) == other.customer(index)));
}

#[test]
fn ids_are_unique_and_lead_back_to_their_rows() {
    let customers = customers(3000);
    let ids: BTreeSet<String> = (0..3000).map(|index| customers.id(index)).collect();
    assert_eq!(ids.len(), 3000);
    assert!((0..3000).all(|index| customers.position(&customers.id(index)) == Some(index)));
    assert_eq!(customers.position("C-003001"), None);
    assert_eq!(customers.position("C-000000"), None);
}

#[test]
fn one_row_in_ten_is_of_a_company_that_has_another() {
    let customers = customers(5000);
    let again = (0..5000).filter(|index| customers.company(*index) != *index).count();
    assert!((400..650).contains(&again), "{again}");
    for index in 0..5000 {
        let company = customers.company(index);
        assert_eq!(customers.company(company), company);
        assert!(customers.rows_of_company(index).any(|row| row == index));
    }
}

#[test]
fn rows_of_one_company_have_one_corporate_number_or_none_and_companies_never_share_one() {
    let customers = customers(5000);
    let mut companies = BTreeMap::new();
    for index in 0..5000 {
        let number = customers.customer(index).corporate_number;
        if !number.is_empty() {
            assert_eq!(number.len(), 13);
            assert_eq!(corporate_number(number[1..].parse().unwrap()), number);
            assert_eq!(
                *companies.entry(number).or_insert(customers.company(index)),
                customers.company(index)
            );
        }
    }
}

#[test]
fn every_kind_of_mess_occurs_and_shows() {
    let customers = customers(5000);
    let mut seen = BTreeSet::new();
    for index in 0..5000 {
        let row = customers.customer(index);
        match customers.likeness(index) {
            Likeness::Same(first, difference) => {
                let first = customers.customer(first);
                seen.insert(format!("{difference:?}"));
                match difference {
                    Difference::Spelling | Difference::Renamed | Difference::OldKanji => {
                        assert_ne!(row.name, first.name)
                    }
                    Difference::Unnumbered => assert!(row.corporate_number.is_empty()),
                    Difference::Branch => {
                        assert!(row.name.contains("支店") && row.name.starts_with(&first.name))
                    }
                    Difference::Moved => assert_ne!(row.address, first.address),
                    Difference::Width => assert_ne!(row.name, first.name),
                }
            }
            Likeness::Namesake(other) => {
                seen.insert("Namesake".to_owned());
                assert_eq!(row.name, customers.customer(other).name);
            }
            Likeness::Subsidiary(other) => {
                seen.insert("Subsidiary".to_owned());
                assert_ne!(customers.company(other), customers.company(index));
            }
            Likeness::Own => {}
        }
    }
    assert_eq!(seen.len(), 9, "{seen:?}");
}

#[test]
fn only_namesakes_and_few_others_share_a_name() {
    let customers = customers(5000);
    let mut names = BTreeMap::new();
    for index in (0..5000).filter(|index| customers.likeness(*index) == Likeness::Own) {
        *names.entry(customers.customer(index).name).or_insert(0) += 1;
    }
    assert!(names.values().all(|count| *count == 1));
}

#[test]
fn stores_hold_as_many_customers_as_planned_with_as_many_ended() {
    let customers = customers(3000);
    let there: Vec<u64> = customers.in_construction().collect();
    assert_eq!(there.len(), 704);
    assert_eq!(there.iter().filter(|index| customers.ended(**index)).count(), 83);
    assert_eq!(customers.in_orders().count(), 2000);
    assert_eq!((0..3000).filter(|index| !customers.folders_of(*index, 0).is_empty()).count(), 188);
    assert_eq!((0..3000).filter(|index| customers.projects_of(*index).next().is_some()).count(), 704);
}

#[test]
fn whatever_holds_a_customer_s_data_leads_back_to_that_customer() {
    let customers = customers(3000);
    for index in 0..3000 {
        for object in customers.objects_of(index) {
            assert!(customers.customers_in(&object.store, &object.object).contains(&index), "{object:?}");
            let file = object.object.replace('*', "見積書.xlsx");
            assert!(customers.customers_in(&object.store, &file).contains(&index), "{object:?}");
        }
    }
}

#[test]
fn whoever_is_in_a_folder_has_that_folder_among_their_objects() {
    let customers = customers(3000);
    let mut entries = 0;
    for (shelf, share, folder) in (0..2)
        .flat_map(|shelf| (0..4).flat_map(move |share| (0..100).map(move |folder| (shelf, share, folder))))
    {
        for index in customers.in_folder(shelf, share, folder) {
            assert!(customers.folders_of(index, shelf).contains(&(share, folder)));
            entries += 1;
        }
    }
    let all: usize = (0..3000)
        .map(|index| customers.folders_of(index, 0).len() + customers.folders_of(index, 1).len())
        .sum();
    assert_eq!(entries, all);
    assert!(
        customers.in_folder(0, 4, 0).is_empty()
            && customers.in_folder(0, 0, 100).is_empty()
            && customers.in_folder(2, 0, 0).is_empty()
    );
}

#[test]
fn tables_hold_the_rows_of_the_database_s_customers_and_no_others() {
    let customers = customers(3000);
    assert_eq!(customers.customers_in("orderdb", "contracts").len(), 2000);
    assert_eq!(customers.customers_in("orderdb/contacts", "*").len(), 2000);
    let outside = (0..3000).find(|index| customers.orders.forward(*index) >= 2000).unwrap();
    assert!(customers.customers_in("orderdb", &format!("contracts/{}", customers.id(outside))).is_empty());
    assert!(customers.customers_in("nowhere", "contracts").is_empty());
    assert!(customers.customers_in("cinfo01", "koji/K-9999999").is_empty());
}

#[test]
fn every_document_belongs_to_a_project_of_a_customer() {
    let customers = customers(3000);
    let mut seen = BTreeSet::new();
    for document in 0..3000 {
        let project = customers.project_of_document(document).unwrap();
        let held = customers.customers_in("cinfo01:/koji", &format!("{project}/{document}.pdf"));
        assert_eq!(held.len(), 1, "{project}");
        seen.extend(held);
    }
    assert_eq!(seen.len(), 704);
}

#[test]
fn the_files_have_a_row_for_each_customer_object_and_reader() {
    let customers = customers(1500);
    let mut files = [const { Vec::new() }; 4];
    write_customers(&customers, &mut files[0]).unwrap();
    write_holdings(&customers, &mut files[1]).unwrap();
    write_access(&customers, &mut files[2]).unwrap();
    write_truth(&customers, &mut files[3]).unwrap();
    let lines = files.map(|file| String::from_utf8(file).unwrap().lines().count() - 1);
    let objects: usize = (0..1500).map(|index| customers.objects_of(index).len()).sum();
    assert_eq!(lines, [1500, objects, 19, 1500]);
}

#[test]
fn an_empty_plan_has_no_customers() {
    let customers = Customers::new(
        &Rng::new(1),
        Plan {
            customers: 0,
            shelves: vec![Shelf { shares: Vec::new(), folders: 0, customers: 5 }],
            orders: store("orderdb", 5),
            construction: store("cinfo01", 5),
            construction_ended: 1,
            sales_reps: Vec::new(),
        },
    );
    let mut out = Vec::new();
    write_customers(&customers, &mut out).unwrap();
    assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 1);
    assert_eq!(customers.in_orders().count() + customers.in_construction().count(), 0);
    assert!(customers.in_folder(0, 0, 0).is_empty() && customers.folders_of(0, 0).is_empty());
}

//! The lists of customers, holdings and access as CSV files after the contracts, and the truth about rows.

use std::io::{self, Write};

use super::{CONTACTS, CONTRACTS, Customers, Difference, Likeness};

/// Writes `customers.csv`, in the order of the ids.
pub fn write_customers(customers: &Customers, out: &mut impl Write) -> io::Result<()> {
    out.write_all(
        b"customer_id,name,corporate_number,postal_code,address,phone,contact,email,sales_rep,contract_status,contracts\n",
    )?;
    for index in customers.in_order() {
        let customer = customers.customer(index);
        let cells = [
            customer.id.as_str(),
            &customer.name,
            &customer.corporate_number,
            &customer.postal_code,
            &customer.address,
            &customer.phone,
            &customer.contact,
            &customer.email,
            &customer.sales_rep,
            if customer.ended { "ended" } else { "active" },
            &customer.contracts.join(";"),
        ];
        row(out, &cells)?;
    }
    Ok(())
}

/// Writes `holdings.csv`, in the order of the ids. A store is a location: both columns say the same, so that the rows of `access.csv`, which have
/// only a store, mean one place.
pub fn write_holdings(customers: &Customers, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"store,location,object,customer_id,fields\n")?;
    for index in customers.in_order() {
        let id = customers.id(index);
        for object in customers.objects_of(index) {
            row(out, &[&object.store, &object.store, &object.object, &id, object.fields])?;
        }
    }
    Ok(())
}

/// Writes `access.csv`.
pub fn write_access(customers: &Customers, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"store,object,principal\n")?;
    let plan = &customers.plan;
    let shares = plan.shelves.iter().flat_map(|shelf| &shelf.shares);
    let shares = shares.map(|share| (share.store.clone(), &share.readers));
    let tables = [CONTRACTS, CONTACTS].map(|table| (customers.table(table), &plan.orders.readers));
    let projects = (customers.projects_folder(), &plan.construction.readers);
    for (store, readers) in shares.chain(tables).chain([projects]) {
        for reader in readers {
            row(out, &[&store, "*", reader])?;
        }
    }
    Ok(())
}

/// Writes which rows are one company, with what makes it hard to tell: `customer_id, company, likeness, other`. For the truth, not for a hunt.
pub fn write_truth(customers: &Customers, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"customer_id,company,likeness,other\n")?;
    for index in customers.in_order() {
        let (word, other) = match customers.likeness(index) {
            Likeness::Own => ("own", None),
            Likeness::Same(other, difference) => (difference.word(), Some(other)),
            Likeness::Subsidiary(other) => ("subsidiary", Some(other)),
            Likeness::Namesake(other) => ("namesake", Some(other)),
        };
        let company = customers.id(customers.company(index));
        let other = other.map(|other| customers.id(other)).unwrap_or_default();
        row(out, &[&customers.id(index), &company, word, &other])?;
    }
    Ok(())
}

impl Customers {
    /// Positions in the order of the ids.
    fn in_order(&self) -> impl Iterator<Item = u64> + '_ {
        (0..self.count()).map(|number| self.ids.back(number))
    }
}

impl Difference {
    fn word(self) -> &'static str {
        match self {
            Difference::Spelling => "spelling",
            Difference::Width => "width",
            Difference::OldKanji => "old-kanji",
            Difference::Branch => "branch",
            Difference::Moved => "moved",
            Difference::Unnumbered => "unnumbered",
            Difference::Renamed => "renamed",
        }
    }
}

/// A row, quoted where it must be (RFC 4180).
fn row(out: &mut impl Write, cells: &[&str]) -> io::Result<()> {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        if cell.contains(['"', ',', '\n', '\r']) {
            write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            out.write_all(cell.as_bytes())?;
        }
    }
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_with_a_comma_or_a_quote_is_quoted() {
        let mut out = Vec::new();
        row(&mut out, &["a", "b,c", "d\"e", ""]).unwrap();
        assert_eq!(out, b"a,\"b,c\",\"d\"\"e\",\n");
    }
}

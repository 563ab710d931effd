/// The expected outcomes: a line per role and record, a column per way of `Probe.ways`.
///
/// y: done or shown · `.`: as if it did not exist · x: refused · /: the way does not lead there.
enum AccessMatrix {
    /// The records, each made anew for each role: whose it is, with whom it is shared.
    static let records = [
        "own customer", "team mate's customer", "other team's customer", "customer shared to read",
        "customer shared to edit", "customer shared with the team", "own deleted customer",
        "other team's deleted customer", "contact of a customer shared to read",
        "contact of a customer shared to edit", "call of a customer shared to read", "own note",
        "deal of a customer shared to read", "other team's deal", "own lead", "other team's lead",
    ]

    static let roles = ["administrator", "sales_manager", "salesperson", "service_agent", "read_only", "none"]

    /// list, filter, search, total · find, name, linked field, roll-up, sort and linked name · timeline, report · history, shares, export ·
    /// link, update, bulk update, share, verb · delete, bulk delete · bin, restore
    static let table: [String: String] = [
        "administrator": """
        own customer                           yyyy yyyyy y/ yyy yyyy/ yy yy
        team mate's customer                   yyyy yyyyy y/ yyy yyyy/ yy yy
        other team's customer                  yyyy yyyyy y/ yyy yyyy/ yy yy
        customer shared to read                yyyy yyyyy y/ yyy yyyy/ yy yy
        customer shared to edit                yyyy yyyyy y/ yyy yyyy/ yy yy
        customer shared with the team          yyyy yyyyy y/ yyy yyyy/ yy yy
        own deleted customer                   .... ..... ./ y.. ..../ .. yy
        other team's deleted customer          .... ..... ./ y.. ..../ .. yy
        contact of a customer shared to read   yyyy yyyyy // yyy yyyy/ yy yy
        contact of a customer shared to edit   yyyy yyyyy // yyy yyyy/ yy yy
        call of a customer shared to read      yyyy yy/// // yyy /yyy/ yy yy
        own note                               yyyy yy/// // yyy /yyy/ yy yy
        deal of a customer shared to read      yyyy yyyyy /y yyy yyyyy yy yy
        other team's deal                      yyyy yyy.y /y yyy yyyyy yy yy
        own lead                               yyyy yyy/y // yyy yyyy/ yy yy
        other team's lead                      yyyy yyy/y // yyy yyyy/ yy yy
        """,
        "sales_manager": """
        own customer                           yyyy yyyyy y/ yyy yyyy/ yy yy
        team mate's customer                   yyyy yyyyy y/ yyy yyyy/ yy yy
        other team's customer                  .... ..... ./ ... ..../ .. ..
        customer shared to read                yyyy yyyyy y/ yyy yx.x/ x. yx
        customer shared to edit                yyyy yyyyy y/ yyy yyyy/ x. yx
        customer shared with the team          yyyy yyyyy y/ yyy yx.x/ x. yx
        own deleted customer                   .... ..... ./ y.. ..../ .. yy
        other team's deleted customer          .... ..... ./ ... ..../ .. ..
        contact of a customer shared to read   yyyy yyyyy // yyy yx.x/ x. yx
        contact of a customer shared to edit   yyyy yyyyy // yyy yyyy/ x. yx
        call of a customer shared to read      yyyy yy/// // yyy /x.x/ x. yx
        own note                               yyyy yy/// // yyy /yyy/ yy yy
        deal of a customer shared to read      yyyy yyyyy /y yyy yx.xx x. yx
        other team's deal                      .... ..... /. ... ..... .. ..
        own lead                               yyyy yyy/y // yyy yyyy/ yy yy
        other team's lead                      .... .../. // ... ..../ .. ..
        """,
        "salesperson": """
        own customer                           yyyy yyyyy y/ yyx yyyy/ yy yy
        team mate's customer                   .... ..... ./ ..x ..../ .. ..
        other team's customer                  .... ..... ./ ..x ..../ .. ..
        customer shared to read                yyyy yyyyy y/ yyx yx.x/ x. yx
        customer shared to edit                yyyy yyyyy y/ yyx yyyy/ x. yx
        customer shared with the team          yyyy yyyyy y/ yyx yx.x/ x. yx
        own deleted customer                   .... ..... ./ y.x ..../ .. yy
        other team's deleted customer          .... ..... ./ ..x ..../ .. ..
        contact of a customer shared to read   yyyy yyyyy // yyx yx.x/ x. yx
        contact of a customer shared to edit   yyyy yyyyy // yyx yyyy/ x. yx
        call of a customer shared to read      yyyy yy/// // yyx /x.x/ x. yx
        own note                               yyyy yy/// // yyx /yyy/ yy yy
        deal of a customer shared to read      yyyy yyyyy /y yyx yx.xx x. yx
        other team's deal                      .... ..... /. ..x ..... .. ..
        own lead                               yyyy yyy/y // yyx yyyy/ yy yy
        other team's lead                      .... .../. // ..x ..../ .. ..
        """,
        "service_agent": """
        own customer                           yyyy yyyyy y/ yyx yx.x/ x. yx
        team mate's customer                   yyyy yyyyy y/ yyx yx.x/ x. yx
        other team's customer                  yyyy yyyyy y/ yyx yx.x/ x. yx
        customer shared to read                yyyy yyyyy y/ yyx yx.x/ x. yx
        customer shared to edit                yyyy yyyyy y/ yyx yx.x/ x. yx
        customer shared with the team          yyyy yyyyy y/ yyx yx.x/ x. yx
        own deleted customer                   .... ..... ./ y.x ..../ .. yx
        other team's deleted customer          .... ..... ./ y.x ..../ .. yx
        contact of a customer shared to read   yyyy yyyyy // yyx yx.x/ x. yx
        contact of a customer shared to edit   yyyy yyyyy // yyx yx.x/ x. yx
        call of a customer shared to read      yyyy yy/// // yyx /x.x/ x. yx
        own note                               yyyy yy/// // yyx /yyy/ yy yy
        deal of a customer shared to read      .... ..... /. ... ..... .. ..
        other team's deal                      .... ..... /. ... ..... .. ..
        own lead                               .... .../. // ... ..../ .. ..
        other team's lead                      .... .../. // ... ..../ .. ..
        """,
        "read_only": """
        own customer                           yyyy yyyyy y/ yyx xx.x/ x. yx
        team mate's customer                   yyyy yyyyy y/ yyx xx.x/ x. yx
        other team's customer                  yyyy yyyyy y/ yyx xx.x/ x. yx
        customer shared to read                yyyy yyyyy y/ yyx xx.x/ x. yx
        customer shared to edit                yyyy yyyyy y/ yyx xx.x/ x. yx
        customer shared with the team          yyyy yyyyy y/ yyx xx.x/ x. yx
        own deleted customer                   .... ..... ./ y.x x.../ .. yx
        other team's deleted customer          .... ..... ./ y.x x.../ .. yx
        contact of a customer shared to read   yyyy yyyyy // yyx xx.x/ x. yx
        contact of a customer shared to edit   yyyy yyyyy // yyx xx.x/ x. yx
        call of a customer shared to read      yyyy yy/// // yyx /x.x/ x. yx
        own note                               yyyy yy/// // yyx /x.x/ x. yx
        deal of a customer shared to read      yyyy yyyyy /y yyx xx.xx x. yx
        other team's deal                      yyyy yyy.y /y yyx xx.xx x. yx
        own lead                               yyyy yyy/y // yyx xx.x/ x. yx
        other team's lead                      yyyy yyy/y // yyx xx.x/ x. yx
        """,
        "none": """
        own customer                           .... ..... ./ ... ..../ .. ..
        team mate's customer                   .... ..... ./ ... ..../ .. ..
        other team's customer                  .... ..... ./ ... ..../ .. ..
        customer shared to read                .... ..... ./ ... ..../ .. ..
        customer shared to edit                .... ..... ./ ... ..../ .. ..
        customer shared with the team          .... ..... ./ ... ..../ .. ..
        own deleted customer                   .... ..... ./ ... ..../ .. ..
        other team's deleted customer          .... ..... ./ ... ..../ .. ..
        contact of a customer shared to read   .... ..... // ... ..../ .. ..
        contact of a customer shared to edit   .... ..... // ... ..../ .. ..
        call of a customer shared to read      .... ../// // ... /.../ .. ..
        own note                               .... ../// // ... /.../ .. ..
        deal of a customer shared to read      .... ..... /. ... ..... .. ..
        other team's deal                      .... ..... /. ... ..... .. ..
        own lead                               .... .../. // ... ..../ .. ..
        other team's lead                      .... .../. // ... ..../ .. ..
        """,
    ]

    /// The expected outcomes of a role by record, in the order of the ways.
    static func expected(_ role: String) -> [String: [Character]] {
        var result: [String: [Character]] = [:]
        for line in (table[role] ?? "").split(separator: "\n") {
            let record = records.first { line.trimmingPrefix(" ").hasPrefix($0 + "  ") || line.hasPrefix($0 + " ") }
            guard let record else { continue }
            result[record] = line.dropFirst(record.count).filter { $0 != " " }.map { $0 }
        }
        return result
    }
}

extension Substring {
    fileprivate func trimmingPrefix(_ blank: Character) -> Substring { drop { $0 == blank } }
}

import Database
import SQLText
import Schema
import Search
import Values

extension RecordEngine {
    /// Makes the keys by which names are put in order anew, where another version of the program made them differently.
    /// The answer is how many there were. Some hundreds of records go into one transaction; versions and history of
    /// records stay, since nothing that people entered changes.
    @discardableResult
    public func renewSortKeys() async throws -> Int {
        var changed = 0
        for object in schema.objects
        where object.fields.contains(where: { $0.key == object.nameField && !$0.kind.isComputed }) {
            let (table, name) = (object.key, object.nameField)
            changed += try await renewSortKeys(table, name: name, key: ObjectDefinition.nameSortColumn, SortKey.of)
        }
        // People are looked for by what their names sound like, too.
        for table in ["sys_user", "sys_team"] {
            changed += try await renewSortKeys(table, name: "name", key: "name_sort", SortKey.spelled)
        }
        return changed
    }

    private func renewSortKeys(
        _ table: String,
        name: String,
        key: String,
        _ wantedKey: @escaping @Sendable (String) -> String
    ) async throws -> Int {
        var (changed, last): (Int, Int64) = (0, Int64.min)
        while true {
            let from = last
            let (count, reached) = try await database.write { connection -> (Int, Int64?) in
                let rows = try connection.rows(
                    """
                    SELECT id, \(name: name), \(name: key) FROM \(name: table) WHERE id > \(from) ORDER BY id LIMIT 1000
                    """
                )
                var count = 0
                for row in rows {
                    let wanted = wantedKey(row.text(1))
                    guard wanted != row[2].text ?? "" else { continue }
                    try connection.run(
                        "UPDATE \(name: table) SET \(name: key) = \(wanted) WHERE id = \(row.integer(0))"
                    )
                    count += 1
                }
                return (count, rows.last?.integer(0))
            }
            changed += count
            guard let reached else { return changed }
            last = reached
        }
    }
}

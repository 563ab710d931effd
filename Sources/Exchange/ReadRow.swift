import Schema
import Values

/// A row as it goes to the record engine.
struct ReadRow {
    let row: ImportRow
    var members: [JSONValue.Member]
    /// Running numbers that a new record keeps.
    var numbers: [String: String]
    /// What is wrong with what it says of the past of its record.
    var pastProblems: [FieldProblem]
    /// See `RowInput.phoneCells`.
    let phoneCells: [RowPhones.Cell]

    /// What the row says to a record that is there, which keeps its past and its numbers.
    func withoutPast(_ plan: ImportPlan) -> ReadRow {
        var row = self
        row.members.removeAll { plan.tellsPast($0.key) }
        (row.numbers, row.pastProblems) = ([:], [])
        return row
    }

    /// Fits what is said of the past to a record that is about to be made.
    mutating func settlePast(_ plan: ImportPlan) {
        // Whom the file does not name is not known: least of all is it whoever brings the record.
        for field in plan.past where field.kind == .person && !members.contains(where: { $0.key == field.key }) {
            members.append(.init(key: field.key, value: .null))
        }
        // A record that is made now is in its stage since now.
        guard plan.tellsPast("created_at"), !members.contains(where: { $0.key == "created_at" && !$0.value.isNull }),
            !pastProblems.contains(where: { $0.field == "created_at" })
        else { return }
        let since = Set(plan.past.filter(PastColumns.tellsSince).map(\.key))
        members.removeAll { since.contains($0.key) }
        pastProblems.removeAll { since.contains($0.field) }
    }
}

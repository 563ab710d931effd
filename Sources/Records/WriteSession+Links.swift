import Database
import SQLText
import Schema
import Values

extension WriteSession {
    /// Links and persons must exist; a record that the actor may not see is as if it did not.
    func missingLinks(_ object: ObjectDefinition, _ draft: AnyDraft) throws -> [FieldProblem] {
        var problems: [FieldProblem] = []
        for place in draft.shape.links where draft.changes(at: place.columns.lowerBound) {
            guard let raw = draft[place.columns.lowerBound].integer else { continue }
            let field = place.field
            let found: Bool
            switch field.kind {
            case .link(let target): found = try isVisible(RecordID(raw), of: target)
            case .anyLink: found = try isVisible(RecordID(raw), of: draft[field.key + "_object"].text ?? "")
            case .file: found = try mayUse(RecordID(raw), of: object, draft)
            case .person where !field.system:
                found = try connection.value("SELECT 1 FROM sys_user WHERE id = \(raw)").integer == 1
            default: continue
            }
            if !found {
                problems.append(
                    FieldProblem(
                        field.key,
                        "unknown_link",
                        Label("There is no such record, or you may not see it.", zh: "关联的记录不存在，或者您无权查看。")
                    )
                )
            }
        }
        return problems
    }

    private func isVisible(_ id: RecordID, of target: String) throws -> Bool {
        if knownLinks[target]?.contains(id) == true { return true }
        guard let object = schema.object(target) else { return false }
        guard try row(object, id, for: .read) != nil || trustedRow(object, id) != nil else { return false }
        if knownLinks[target, default: []].count < 10_000 { knownLinks[target, default: []].insert(id) }
        return true
    }
}

import FieldKinds
import Records
import SQLText
import Schema
import Values

/// Fills what is empty: the members of a row without those whose field has a value already.
enum Filling {
    static func members(
        _ members: [JSONValue.Member],
        _ object: ObjectDefinition,
        _ before: AnyRecord
    ) -> [JSONValue.Member] {
        members.compactMap { member in
            guard let field = object.field(member.key) else { return member }
            let stored = before.columns(of: field)
            if field.kind == .address { return address(member, field, stored) }
            return stored.first?.isNull == false ? nil : member
        }
    }

    /// The parts of an address that the record lacks; the others are kept by the update.
    private static func address(
        _ member: JSONValue.Member,
        _ field: FieldDefinition,
        _ stored: [SQLValue]
    ) -> JSONValue.Member? {
        guard let parts = member.value.members else {
            return stored.allSatisfy(\.isNull) ? member : nil
        }
        let filled = Set(zip(FieldPart.parts(of: field), stored).filter { !$0.1.isNull }.map(\.0.key))
        let missing = parts.filter { !filled.contains($0.key) }
        return missing.isEmpty ? nil : JSONValue.Member(key: member.key, value: .object(missing))
    }
}

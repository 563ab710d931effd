import Database
import Identity
import Records
import SQLText
import Schema
import Values

/// A person's record with what belongs to it, read in one session.
struct Person {
    let object: ObjectDefinition
    let record: AnyRecord
    let rules: PersonRules

    /// The record, if the actor may read it and it is a person's; else throws.
    init(_ plural: String, _ id: RecordID, _ rules: PersonRules, _ session: ReadSession) throws {
        try session.actor.require(.privacy)
        try self.init(try session.object(plural), try session.findAnywhere(try session.object(plural), id), rules)
    }

    init(_ object: ObjectDefinition, _ record: AnyRecord, _ rules: PersonRules) throws {
        guard Person.mayBe(object, rules), Person.isPerson(record, rules) else { throw Person.isNone }
        (self.object, self.record, self.rules) = (object, record, rules)
    }

    /// A record that was merged into a person's, whatever it says itself.
    init(merged record: AnyRecord, _ person: borrowing Person) {
        (object, self.record, rules) = (person.object, record, person.rules)
    }

    /// True for objects that can hold persons.
    static func mayBe(_ object: ObjectDefinition, _ rules: PersonRules) -> Bool {
        if rules.persons.contains(where: { $0.object == object.key }) { return true }
        return object.custom
            && object.visibleFields.contains { field in
                switch field.kind {
                case .phone, .email: true
                default: field.personal == true
                }
            }
    }

    static func isPerson(_ record: AnyRecord, _ rules: PersonRules) -> Bool {
        let key = record.shape.object.key
        guard let rule = rules.persons.first(where: { $0.object == key }), let field = rule.field else { return true }
        return rule.keys.contains(record[field].text ?? "")
    }

    private static let isNone = Problem(
        .invalid,
        "not_a_person",
        Label(
            "This record is no person. Erase its contacts one by one.",
            zh: "这条记录不是个人，不能抹除；请逐个抹除其联系人。"
        )
    )

    var id: RecordID { record.id }

    /// The fields that erasing empties.
    var personalFields: [FieldDefinition] { object.fields.filter { $0.isPersonal && !$0.kind.isComputed } }

    /// The texts by which the person could be known elsewhere, now or at any time since the record was made: name,
    /// numbers as stored and as people write them, addresses. Texts of one character would be found everywhere. With
    /// `all` also what else is long enough to be told from others' texts: places, remarks.
    func identifiers(ever connection: Connection, all: Bool = false) throws -> [String] {
        var found: [String] = []
        for field in personalFields {
            found += texts(record[field.key].text, field)
            if all { found += record.columns(of: field).compactMap(\.text).filter { $0.count >= 8 } }
        }
        let fields = Dictionary(personalFields.map { ($0.key, $0) }) { $1 }
        let told: SQLFragment = "record = \(id) AND object = \(object.key) AND changes IS NOT NULL"
        try connection.each("SELECT changes FROM sys_audit WHERE action <> 'erase' AND " + told) { cursor in
            for member in (try? JSONReader.parse(cursor.text(0)))?.members ?? [] {
                guard let field = fields[member.key] else { continue }
                for value in member.value.array ?? [member.value] {
                    found += texts(value.string, field)
                    if all, let text = value.string, text.count >= 8 { found.append(text) }
                }
            }
            return true
        }
        return Array(Set(found.filter { $0.count >= 2 && !$0.hasPrefix(Person.mark) })).sorted {
            ($0.count, $0) > ($1.count, $1)
        }
    }

    private func texts(_ text: String?, _ field: FieldDefinition) -> [String] {
        guard let text else { return [] }
        switch field.kind {
        case .phone:
            let number = String(text.prefix { $0 != ";" })
            return [number] + (number.hasPrefix("+86") ? [String(number.dropFirst(3))] : [])
        case .email: return [text]
        case .text where field.key == object.nameField || rules.identifying.contains(field.key): return [text]
        default: return []
        }
    }

    /// How every token begins.
    static let mark = "〔已抹除"

    /// What stands in place of the name: tells erased persons apart, and nothing else.
    static func token() -> String {
        var random = SystemRandomNumberGenerator()
        let number: UInt64 = random.next()
        let signs = (0..<5).map { Character(Unicode.Scalar(RecordID.digit(Int(number >> ($0 * 5) & 31)))) }
        return mark + " " + String(signs) + "〕"
    }

    /// Forgets what records whose texts are erased held before they were changed: it is kept so that changes of many
    /// records and imports can be taken back, and would bring the person back.
    func forgetFormer(_ records: [RecordID], _ personal: Set<String>, _ token: String, _ session: WriteSession) throws {
        try session.forgetBulk(of: records, personal: personal, token: token)
        for forget in rules.forgetting { try forget(records, session) }
    }

    // MARK: What belongs to it

    /// Another object's field that points to persons.
    struct Reference {
        let object: ObjectDefinition
        let field: FieldDefinition
        /// Its records are notes on the person.
        let isNote: Bool

        /// The condition on records that point to one of some records of an object.
        func condition(_ target: ObjectDefinition, _ ids: [RecordID]) -> SQLFragment {
            var sql: SQLFragment = "\(name: field.key) IN \(list: ids.map { SQLValue.integer($0.raw) })"
            if case .anyLink = field.kind { sql += " AND \(name: field.key + "_object") = \(target.key)" }
            return "(" + sql + ")"
        }

        func condition(_ person: Person) -> SQLFragment {
            var sql: SQLFragment = "\(name: field.key) = \(person.id)"
            if case .anyLink = field.kind { sql += " AND \(name: field.key + "_object") = \(person.object.key)" }
            return sql
        }
    }

    /// All fields that point to persons of this object, hidden ones too.
    func references(_ schema: SchemaSnapshot) -> [Reference] {
        schema.objects.flatMap { other in
            other.fields.compactMap { field -> Reference? in
                let points = field.kind == .link(to: object.key) || field.kind == .anyLink
                guard points, other.key != object.key || field.kind != .anyLink else { return nil }
                return Reference(object: other, field: field, isNote: rules.notes.contains(other.key))
            }
        }
    }
}

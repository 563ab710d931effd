import FieldKinds
import Identity
import Records
import SQLText
import Schema
import Values

/// Finds a place for each number of a cell that holds several, such as `13900001234/0571-80000001`: those behind the
/// first go into telephone fields that no column goes into.
struct RowPhones: Sendable {
    /// Telephone fields that columns go into.
    private let mapped: [FieldDefinition]
    /// Those that no column goes into and that the person may write.
    private let spare: [FieldDefinition]
    /// Fields by which records are found: they keep the first number.
    private let finders: Set<String>
    private let country: String

    /// What a plan's columns leave free; `taken` are the keys of fields that get a value otherwise.
    init(
        _ groups: [ImportPlan.Group],
        _ object: ObjectDefinition,
        match: [String],
        taken: [String],
        country: String,
        in session: ReadSession
    ) {
        mapped = groups.filter { $0.field.kind == .phone && $0.isWritten }.map(\.field)
        let used = Set(groups.map(\.field.key) + taken)
        spare = object.visibleFields.filter { field in
            field.kind == .phone && !used.contains(field.key) && !RowPhones.isForFaxes(field)
                && session.right(on: field, of: object) == .full
        }
        finders = Set(match)
        self.country = country
    }

    /// Puts each number of a row where it belongs; the answer is the keys of fields that the file does not name. Where
    /// one finds no place, the text stays as it is, for the field to refuse.
    func spread(_ members: inout [JSONValue.Member]) -> [String] {
        var free = spare
        var filled: [String] = []
        for field in mapped {
            guard let index = members.firstIndex(where: { $0.key == field.key }),
                let text = members[index].value.string,
                let numbers = PhoneNumber.several(in: text, country: country), numbers.count <= free.count + 1
            else { continue }
            for (key, number) in places(numbers, field, free) {
                if key == field.key {
                    members[index].value = .string(number)
                } else {
                    members.append(.init(key: key, value: .string(number)))
                    free.removeAll { $0.key == key }
                    filled.append(key)
                }
            }
        }
        return filled
    }

    /// The fields and their numbers: mobiles go into fields for those as long as there are any.
    private func places(
        _ numbers: [PhoneNumber],
        _ own: FieldDefinition,
        _ free: [FieldDefinition]
    ) -> [(key: String, number: String)] {
        var open = [own] + free
        var rest = numbers.map(\.stored)
        var places: [(key: String, number: String)] = []
        if finders.contains(own.key) { places.append((open.removeFirst().key, rest.removeFirst())) }
        var waiting: [String] = []
        for number in rest {
            let isMobile = PhoneNumber.isMobile(number)
            if let index = open.firstIndex(where: { RowPhones.isForMobiles($0) == isMobile }) {
                places.append((open.remove(at: index).key, number))
            } else {
                waiting.append(number)
            }
        }
        for number in waiting where !open.isEmpty { places.append((open.removeFirst().key, number)) }
        // What the column itself goes into is not left empty.
        if !places.contains(where: { $0.key == own.key }), !places.isEmpty { places[places.count - 1].key = own.key }
        return places
    }

    /// Several columns that go into one telephone field, as one text; a value that is no number is left to be refused.
    func together(_ values: [JSONValue?]) -> JSONValue {
        let present = values.compactMap { $0 }.filter { $0 != .null }
        guard present.count > 1 else { return present.first ?? .null }
        var numbers: [String] = []
        for value in present {
            guard let text = value.string, let read = try? PhoneNumber.parseAll(text, country: country) else {
                return value
            }
            for number in read.map(\.stored) where !numbers.contains(number) { numbers.append(number) }
        }
        return .string(numbers.joined(separator: "/"))
    }

    /// Refuses a row whose further number would take the place of another one that the record has.
    static func check(_ keys: [String], _ members: [JSONValue.Member], _ before: AnyRecord) throws {
        for key in keys {
            guard let had = before[key].text, let number = members.last(where: { $0.key == key })?.value.string,
                had != number
            else { continue }
            throw Problem.invalid(
                key,
                "several_numbers",
                Label(
                    "Two numbers, one field: the cell holds several numbers, and the record has another one here already.",
                    zh: "单元格中有多个号码，而该记录此字段已有其他号码，放不下。"
                )
            )
        }
    }

    private static func isForMobiles(_ field: FieldDefinition) -> Bool {
        named(field, ["mobile", "cell", "手机", "移动"])
    }

    private static func isForFaxes(_ field: FieldDefinition) -> Bool { named(field, ["fax", "传真"]) }

    private static func named(_ field: FieldDefinition, _ words: [String]) -> Bool {
        let names = [field.key, field.label.en.lowercased(), field.label.zh]
        return names.contains { name in words.contains { name.contains($0) } }
    }
}

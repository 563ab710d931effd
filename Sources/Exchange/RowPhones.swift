import FieldKinds
import Identity
import Records
import SQLText
import Schema
import Values

/// Finds a place for each number of a cell that holds several, such as `13900001234/0571-80000001`: those behind the
/// first go into telephone fields that no column goes into.
struct RowPhones: Sendable {
    /// A cell that holds several numbers.
    struct Cell: Sendable {
        /// The key of the field that its column goes into.
        let field: String
        let numbers: [PhoneNumber]
        /// Keys of fields that the file does not name, into which further numbers went.
        var further: [String] = []
    }

    /// Telephone fields that columns go into.
    private let mapped: [FieldDefinition]
    /// Those that no column goes into and that the person may write.
    private let spare: [FieldDefinition]
    /// Fields by which records are found: they keep the first number.
    private let finders: Set<String>
    private let country: String
    /// The keys of all telephone fields.
    private let all: [String]

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
        all = object.visibleFields.filter { $0.kind == .phone }.map(\.key)
        self.country = country
    }

    /// Puts each number of a row where it belongs; the answer is the cells that hold several. Where one finds no
    /// place, the text stays as it is, for the field to refuse.
    func spread(_ members: inout [JSONValue.Member]) -> [Cell] {
        var free = spare
        var cells: [Cell] = []
        for field in mapped {
            guard let index = members.firstIndex(where: { $0.key == field.key }),
                let text = members[index].value.string,
                let numbers = PhoneNumber.several(in: text, country: country)
            else { continue }
            var cell = Cell(field: field.key, numbers: numbers)
            let placed = numbers.count > free.count + 1 ? [] : places(numbers, field, [field] + free)
            for (key, number) in placed {
                if key == field.key {
                    members[index].value = .string(number)
                } else {
                    members.append(.init(key: key, value: .string(number)))
                    free.removeAll { $0.key == key }
                    cell.further.append(key)
                }
            }
            cells.append(cell)
        }
        return cells
    }

    /// The members of a row that fills what a record lacks: the numbers that it does not have yet go into its empty
    /// fields. Throws where one finds no place.
    func filling(
        _ members: [JSONValue.Member],
        _ cells: [Cell],
        _ before: AnyRecord
    ) throws -> [JSONValue.Member] {
        var members = members
        var had = Set(all.compactMap { before[$0].text })
        var free = spare.filter { before[$0.key].isNull }
        let spread = Set(cells.flatMap { [$0.field] + $0.further })
        members.removeAll { spread.contains($0.key) }
        for cell in cells {
            guard let own = mapped.first(where: { $0.key == cell.field }) else { continue }
            let numbers = cell.numbers.filter { !had.contains($0.stored) }
            let open = (before[own.key].isNull ? [own] : []) + free
            if numbers.count > open.count { throw RowPhones.noPlace(own.key) }
            for (key, number) in places(numbers, own, open) {
                members.append(.init(key: key, value: .string(number)))
                free.removeAll { $0.key == key }
                had.insert(number)
            }
        }
        return members
    }

    /// The fields and their numbers: mobiles go into fields for those as long as there are any.
    private func places(
        _ numbers: [PhoneNumber],
        _ own: FieldDefinition,
        _ fields: [FieldDefinition]
    ) -> [(key: String, number: String)] {
        var open = fields
        let isOwnOpen = fields.contains { $0.key == own.key }
        var rest = numbers.map(\.stored)
        var places: [(key: String, number: String)] = []
        if finders.contains(own.key), isOwnOpen, !rest.isEmpty {
            places.append((open.removeFirst().key, rest.removeFirst()))
        }
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
        if isOwnOpen, !places.contains(where: { $0.key == own.key }), !places.isEmpty {
            places[places.count - 1].key = own.key
        }
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
    static func check(_ cells: [Cell], _ members: [JSONValue.Member], _ before: AnyRecord) throws {
        for key in cells.flatMap(\.further) {
            guard let had = before[key].text, let number = members.last(where: { $0.key == key })?.value.string,
                had != number
            else { continue }
            throw noPlace(key)
        }
    }

    private static func noPlace(_ key: String) -> Problem {
        Problem.invalid(
            key,
            "several_numbers",
            Label(
                "Two numbers, one field: the cell holds several numbers, and the record has another one here already.",
                zh: "单元格中有多个号码，而该记录此字段已有其他号码，放不下。"
            )
        )
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

import FieldKinds
import Records
import Schema
import Values

/// A row as input for the record engine, before links are resolved.
struct RowInput {
    /// A link or person that the row names by text.
    struct Reference: Hashable {
        let field: String
        /// The unique field of the linked record by which it is named; nil for id, name or any unique field.
        let by: String?
        let text: String
        /// The object that a link to any object names beside the id.
        var object: String?

        /// Whether it may mean a record that a row above became, in a file of such objects.
        func mayBeAbove(_ own: ObjectDefinition) -> Bool {
            object == own.key || own.field(field)?.kind == .link(to: own.key)
        }

        /// The value of the field once it is known which record is meant.
        func value(_ id: RecordID) -> JSONValue {
            let text = JSONValue.string(id.description)
            guard let object else { return text }
            return .object([.init(key: "object", value: .string(object)), .init(key: "id", value: text)])
        }
    }

    let row: ImportRow
    var members: [JSONValue.Member] = []
    var references: [Reference] = []
    /// For references by name: the same by the id in the system that the row comes from, which goes first.
    var sources: [Reference: Reference] = [:]
    var problems: [FieldProblem] = []
    /// The id of the record, when the file has it.
    var id: RecordID?
    /// The id that the record has in the system it comes from.
    var source: String?
    /// Texts of running numbers, by which the record may be found and which a new one keeps.
    var numbers: [String: String] = [:]
    /// Cells that hold several telephone numbers.
    var phoneCells: [RowPhones.Cell] = []

    init(_ row: ImportRow, _ plan: ImportPlan) {
        self.row = row
        guard row.fault == nil else { return }
        for group in plan.groups { read(group, plan) }
        phoneCells = plan.phones.spread(&members)
    }

    /// Only the running numbers of a row.
    init(numbersOf row: ImportRow, _ plan: ImportPlan) {
        self.row = row
        guard row.fault == nil else { return }
        for group in plan.groups where plan.numbered.contains(group.field.key) { read(group, plan) }
    }

    /// The value of a column; nil when the row has none, null when it is to be emptied.
    private mutating func value(_ column: ImportPlan.Column, _ field: FieldDefinition, _ plan: ImportPlan) -> JSONValue?
    {
        switch row.content {
        case .cells(let cells):
            guard cells.indices.contains(column.position) else { return nil }
            var text = cells[column.position]
            if !plan.keepsApostrophes { text = CSVWriter.withoutGuard(text) }
            if case .longText = field.kind {} else { text = text.trimmed }
            if !text.isEmpty { text = translated(text, column, field) }
            return text.isEmpty ? .null : read(text, field, column, plan)
        case .object(let members, _):
            guard let value = members.last(where: { $0.key == column.header })?.value else { return nil }
            if case .string(let text) = value {
                let text = translated(text, column, field)
                return text.isEmpty ? .null : written(text, field, column, plan)
            }
            if case .number(let text) = value, column.scale != 1 { return .string(scaled(text, column)) }
            return value
        }
    }

    /// What only cells have: lists as raw exports write them.
    private mutating func read(
        _ text: String,
        _ field: FieldDefinition,
        _ column: ImportPlan.Column,
        _ plan: ImportPlan
    ) -> JSONValue {
        switch field.kind {
        case .tags, .multiChoice:
            guard text.hasPrefix("["), let list = try? JSONReader.parse(text), case .array = list else {
                return .string(text)
            }
            return list
        default: return written(text, field, column, plan)
        }
    }

    /// Dates and numbers as people write them.
    private mutating func written(
        _ text: String,
        _ field: FieldDefinition,
        _ column: ImportPlan.Column,
        _ plan: ImportPlan
    ) -> JSONValue {
        switch field.kind {
        case .day: return dated(plan.dates.day(text, column.dates), text, field)
        case .instant where field.historic && PastColumns.isZero(text): return .null
        case .instant: return dated(plan.dates.moment(text, column.dates), text, field)
        case .money where column.part == FieldPart.currency.key: return .string(text)
        case .integer, .decimal, .money:
            guard let read = NumberText.read(text, column.decimals, base: plan.style.baseCurrency) else {
                return .string(text)
            }
            // What names its unit itself is not in the unit of the heading.
            let number = read.hasUnit ? read.number : scaled(read.number, column)
            guard let currency = read.currency, field.kind == .money else { return .string(number) }
            return .object([
                .init(key: "value", value: .string(number)), .init(key: "currency", value: .string(currency)),
            ])
        default: return .string(text)
        }
    }

    private mutating func dated(_ reading: DateText.Reading, _ text: String, _ field: FieldDefinition) -> JSONValue {
        switch reading {
        case .value(let value): return .string(value)
        case .none: return .string(text)
        case .unclear:
            problems.append(
                FieldProblem(
                    field.key,
                    "unclear_date",
                    Label(
                        "«\(text)» does not tell which number is the day and which the month. Say the order of the column.",
                        zh: "“\(text)”分不清哪个是月、哪个是日，请指定该列的日期顺序。"
                    )
                )
            )
            return .null
        }
    }

    private func translated(_ text: String, _ column: ImportPlan.Column, _ field: FieldDefinition) -> String {
        if column.values.isEmpty { return text }
        if case .multiChoice = field.kind, !text.hasPrefix("[") {
            let items = CellItems.of(text).map { translated($0, column) }
            return items.filter { !$0.isEmpty }.joined(separator: ";")
        }
        return translated(text, column)
    }

    private func translated(_ text: String, _ column: ImportPlan.Column) -> String {
        if let value = column.values[text] ?? column.values[text.trimmed] { return value }
        let folded = Fold.fold(text.trimmed)
        return column.values.first { Fold.fold($0.key) == folded }?.value ?? text
    }

    /// The number times the column's scale; text that is no number stays for the field to complain about.
    private func scaled(_ text: String, _ column: ImportPlan.Column) -> String {
        guard column.scale != 1, let number = try? FixedPoint.parse(Fold.fold(text), digits: 6) else { return text }
        let (product, isTooLarge) = number.multipliedReportingOverflow(by: column.scale)
        return isTooLarge ? text : FixedPoint.text(product, digits: 6)
    }

    private mutating func read(_ group: ImportPlan.Group, _ plan: ImportPlan) {
        let field = group.field
        if group.isPlain {
            guard let value = value(group.columns[0], field, plan) else { return }
            if !value.isNull || plan.clearsEmpty || isObject { members.append(.init(key: field.key, value: value)) }
            return
        }
        var values: [JSONValue?] = []
        for column in group.columns { values.append(value(column, field, plan)) }
        guard values.contains(where: { $0 != nil }) else { return }
        if field.key == "id" { return readID(values, group) }
        guard group.isWritten else {
            if let text = values.compactMap({ $0?.string }).first { numbers[field.key] = text }
            return
        }
        if values.allSatisfy({ $0 == nil || $0 == .null }) {
            // JSON says null on purpose; an empty cell only when the mapping says so.
            if plan.clearsEmpty || isObject { members.append(.init(key: field.key, value: .null)) }
            return
        }
        switch field.kind {
        case .link, .person: readReference(field, zip(group.columns, values), plan)
        case .anyLink: readAnyLink(field, zip(group.columns, values))
        case .address, .money: readParts(field, zip(group.columns, values))
        case .text, .longText: members.append(.init(key: field.key, value: joined(values)))
        case .phone: members.append(.init(key: field.key, value: plan.phones.together(values)))
        default:
            let first = values.compactMap { $0 }.first { $0 != .null } ?? .null
            members.append(.init(key: field.key, value: first))
        }
    }

    private var isObject: Bool { if case .object = row.content { true } else { false } }

    private mutating func readID(_ values: [JSONValue?], _ group: ImportPlan.Group) {
        let texts = values.compactMap { $0.flatMap(RowInput.idText) }
        guard let text = texts.first else { return }
        if group.columns[0].part == ForeignRecords.part {
            source = text.utf8.count > ForeignRecords.longest ? nil : text
            return
        }
        id = RecordID(text)
        if id == nil {
            problems.append(
                FieldProblem("id", "invalid_link", Label("This is no id of a record.", zh: "不是有效的记录编号。"))
            )
        }
    }

    /// An id as text: of systems that count their rows, JSON has it as a number.
    private static func idText(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text), .number(let text): text
        default: nil
        }
    }

    /// Texts of several columns become one: with a space between, but not between Chinese characters.
    private func joined(_ values: [JSONValue?]) -> JSONValue {
        let present = values.compactMap { $0 }.filter { $0 != .null }
        guard present.count > 1 else { return present.first ?? .null }
        var result = ""
        for text in present.compactMap(\.string) {
            let isChinese =
                result.unicodeScalars.last?.properties.isIdeographic == true
                && text.unicodeScalars.first?.properties.isIdeographic == true
            if !result.isEmpty, !isChinese { result += " " }
            result += text
        }
        return .string(result)
    }

    private mutating func readReference(
        _ field: FieldDefinition,
        _ columns: Zip2Sequence<[ImportPlan.Column], [JSONValue?]>,
        _ plan: ImportPlan
    ) {
        for (column, value) in columns {
            switch value {
            case .string(let text):
                return references.append(Reference(field: field.key, by: column.part, text: text.trimmed))
            case .object:
                guard let id = value?["id"], !id.isNull, !plan.prefersNames else {
                    guard let name = value?["name"]?.string else { continue }
                    let reference = Reference(field: field.key, by: nil, text: name)
                    if let id = value?["id"]?.string, case .link = field.kind, ForeignRecords.isUnmistakable(id) {
                        sources[reference] = Reference(field: field.key, by: "id", text: id)
                    }
                    return references.append(reference)
                }
                if field.historic, let text = id.string {
                    return references.append(Reference(field: field.key, by: "id", text: text.trimmed))
                }
                return members.append(.init(key: field.key, value: id))
            case .number(let text):
                return references.append(Reference(field: field.key, by: column.part, text: text))
            default: continue
            }
        }
    }

    /// The id may be one of the system that the file comes from, so it is looked up like that of any link: among the
    /// records of the object that the value names beside it.
    private mutating func readAnyLink(
        _ field: FieldDefinition,
        _ columns: Zip2Sequence<[ImportPlan.Column], [JSONValue?]>
    ) {
        var whole: JSONValue?
        var parts: [JSONValue.Member] = []
        for (column, value) in columns {
            guard let value, value != .null else { continue }
            if let part = column.part, value.members == nil {
                parts.append(.init(key: part, value: value))
            } else {
                whole = value
            }
        }
        let link = whole ?? .object(parts)
        guard let object = link["object"]?.string, let id = link["id"].flatMap(RowInput.idText) else {
            // What is missing the field says itself.
            return members.append(.init(key: field.key, value: link))
        }
        references.append(Reference(field: field.key, by: "id", text: id.trimmed, object: object.trimmed))
    }

    private mutating func readParts(
        _ field: FieldDefinition,
        _ columns: Zip2Sequence<[ImportPlan.Column], [JSONValue?]>
    ) {
        var parts: [JSONValue.Member] = []
        for (column, value) in columns {
            guard let value, value != .null else { continue }
            if case .object = value { return members.append(.init(key: field.key, value: value)) }
            let whole = field.kind == .money ? "value" : "street"
            parts.append(.init(key: column.part ?? whole, value: value))
        }
        // A currency without an amount says nothing.
        if field.kind == .money, !parts.contains(where: { $0.key == "value" }) { return }
        members.append(.init(key: field.key, value: .object(parts)))
    }

    /// The input with every reference resolved.
    func members(_ resolved: [RecordID?]) -> [JSONValue.Member] {
        members
            + zip(references, resolved).compactMap { reference, id in
                id.map { .init(key: reference.field, value: reference.value($0)) }
            }
    }
}

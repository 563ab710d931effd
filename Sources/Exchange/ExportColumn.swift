import FieldKinds
import Files
import Foundation
import Records
import Schema
import Values

/// What takes the cells of an export.
protocol CellWriter {
    mutating func cell(_ text: String, isNumber: Bool) throws
    /// A day as `YYYY-MM-DD`.
    mutating func day(_ text: String) throws
    mutating func endRow() throws
}

extension CellWriter {
    mutating func text(_ text: String) throws { try cell(text, isNumber: false) }
}

extension CSVWriter: CellWriter {
    mutating func day(_ text: String) { cell(text, isNumber: false) }
}

extension WorkbookWriter: CellWriter {}

/// A column of an exported CSV file: a field or one of its parts.
struct ExportColumn: Sendable {
    enum Piece: Sendable, Equatable {
        /// The value, or the name of what is linked.
        case whole
        /// The id of what is linked.
        case id
        /// The value of one of the field's columns, as text.
        case stored(Int)
        /// Where the file lies in the archive.
        case place
    }

    let slot: ReadPlan.Slot
    let piece: Piece
    let header: String

    /// The columns of a plan. The raw form has ids and currencies beside names and amounts, so that nothing is lost
    /// when the file is imported again.
    /// With `places`, a file is named by where it lies in the archive beside the table.
    static func columns(
        _ plan: ReadPlan,
        _ form: CSVWriter.Form,
        _ language: Language,
        places: Bool = false
    ) -> [ExportColumn] {
        plan.slots.flatMap { slot -> [ExportColumn] in
            let field = slot.field
            func column(_ piece: Piece, _ part: FieldPart? = nil) -> ExportColumn {
                let label = field.label.text(language)
                let header: String
                switch (form, part) {
                case (.safe, nil): header = label
                case (.safe, let part?): header = label + (language == .zh ? "·" : " ") + part.label.text(language)
                case (.raw, nil): header = field.key
                case (.raw, let part?): header = "\(field.key)_\(part.key)"
                }
                return ExportColumn(slot: slot, piece: piece, header: header)
            }
            switch field.kind {
            case .address:
                return FieldPart.address.enumerated().map { column(.stored($0), $1) }
            case .money where form == .raw:
                return [column(.whole), column(.stored(1), FieldPart.currency)]
            case .anyLink:
                return [column(.stored(1), FieldPart.objectPart), column(.id, FieldPart.id)]
            case .file where places: return [column(.place)]
            case .link, .person, .file:
                return form == .raw ? [column(.whole), column(.id, FieldPart.id)] : [column(.whole)]
            default: return [column(.whole)]
            }
        }
    }
}

/// Turns records into cells.
struct ExportCells {
    let form: CSVWriter.Form
    let language: Language
    let baseCurrency: String
    let zone: TimeZone?

    /// Writes a record as a row. With `files`, those that no field holds are
    /// named in a column of their own.
    func write(
        _ row: RecordRow,
        _ columns: [ExportColumn],
        files: [StoredFile]? = nil,
        to writer: inout some CellWriter
    ) throws {
        for column in columns {
            let values = row.values(column.slot)
            switch column.piece {
            case .whole: try whole(column.slot, values, row.name(column.slot), to: &writer)
            case .id: try writer.text(values.first?.integer.map { RecordID($0).description } ?? "")
            case .stored(let index): try writer.text(values[index].text ?? "")
            case .place:
                let file = files?.first { $0.id.raw == values.first?.integer }
                try writer.text(file.map(ArchiveWriter.place) ?? "")
            }
        }
        if let files { try writer.text(list(files.filter { $0.field == nil }.map(ArchiveWriter.place))) }
        try writer.endRow()
    }

    private func whole(_ slot: ReadPlan.Slot, _ values: [SQLValue], _ name: String?, to writer: inout some CellWriter)
        throws
    {
        guard let value = values.first, !value.isNull else { return try writer.text("") }
        switch slot.field.kind {
        case .text where slot.field.key == "id":
            try writer.text(RecordID(value.integer ?? 0).description)
        case .integer:
            try writer.cell(String(value.integer ?? 0), isNumber: true)
        case .decimal(let scale):
            try writer.cell(FixedPoint.text(value.integer ?? 0, digits: scale), isNumber: true)
        case .money:
            try money(values, to: &writer)
        case .day:
            try writer.day(value.text ?? "")
        case .boolean:
            try writer.text(flag(value))
        case .instant:
            try writer.text(instant(value))
        case .link, .person, .file:
            try writer.text(name ?? "")
        case .choice(let choices):
            try writer.text(choice(value.text ?? "", choices))
        case .multiChoice(let choices):
            try writer.text(list(StoredList.items(value.text ?? "").map { choice($0, choices) }))
        case .tags:
            try writer.text(list(StoredList.items(value.text ?? "")))
        case .formula(_, let result), .rollUp(_, let result):
            try computed(value, result, to: &writer)
        default:
            try writer.text(value.text ?? value.integer.map { String($0) } ?? "")
        }
    }

    private func money(_ values: [SQLValue], to writer: inout some CellWriter) throws {
        let currency = values[1].text ?? baseCurrency
        let amount = Money(minor: values[0].integer ?? 0, currency: currency).amountText
        if form == .raw || currency == baseCurrency { return try writer.cell(amount, isNumber: true) }
        // As text: a spreadsheet must not add amounts of different currencies.
        try writer.text("\(currency) \(amount)")
    }

    private func computed(_ value: SQLValue, _ result: ResultKind, to writer: inout some CellWriter) throws {
        switch result {
        case .boolean: try writer.text(flag(value))
        case .instant: try writer.text(instant(value))
        case .number:
            let text = value.integer.map { String($0) } ?? value.number.map { String($0) } ?? ""
            try writer.cell(text, isNumber: true)
        case .text, .day: try writer.text(value.text ?? "")
        }
    }

    private func flag(_ value: SQLValue) -> String {
        let isTrue = value.integer != 0
        if form == .raw { return isTrue ? "true" : "false" }
        return (isTrue ? Label("Yes", zh: "是") : Label("No", zh: "否")).text(language)
    }

    /// In UTC for programs, in the person's time with its offset for people.
    private func instant(_ value: SQLValue) -> String {
        let instant = Instant(milliseconds: value.integer ?? 0)
        guard form == .safe, let zone else { return instant.description }
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000))
        let local = instant.adding(milliseconds: Int64(offset) * 1000).description
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let minutes = abs(offset) / 60
        let sign = offset < 0 ? "-" : "+"
        return local.prefix(10) + " " + local.dropFirst(11).prefix(8) + sign + two(minutes / 60) + ":"
            + two(minutes % 60)
    }

    /// With semicolons; as JSON where an item holds what would be taken for a separator.
    private func list(_ items: [String]) -> String {
        guard items.contains(where: { $0.contains { ",，、;；|[".contains($0) } }) else {
            return items.joined(separator: "; ")
        }
        var json = JSONWriter()
        json.array { json in for item in items { json.string(item) } }
        return json.text
    }

    private func choice(_ key: String, _ choices: [Choice]) -> String {
        if form == .raw { return key }
        return choices.first { $0.key == key }?.label.text(language) ?? key
    }
}

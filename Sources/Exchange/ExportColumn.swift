import FieldKinds
import Foundation
import Records
import Schema
import Values

/// A column of an exported CSV file: a field or one of its parts.
struct ExportColumn: Sendable {
    enum Piece: Sendable {
        /// The value, or the name of what is linked.
        case whole
        /// The id of what is linked.
        case id
        /// The value of one of the field's columns, as text.
        case stored(Int)
    }

    let slot: ReadPlan.Slot
    let piece: Piece
    let header: String

    /// The columns of a plan. The raw form has ids and currencies beside names and amounts, so that nothing is lost
    /// when the file is imported again.
    static func columns(_ plan: ReadPlan, _ form: CSVWriter.Form, _ language: Language) -> [ExportColumn] {
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

    /// Writes a record as a row.
    func write(_ row: RecordRow, _ columns: [ExportColumn], to writer: inout CSVWriter) {
        for column in columns {
            let values = row.values(column.slot)
            switch column.piece {
            case .whole: whole(column.slot, values, row.name(column.slot), to: &writer)
            case .id: writer.cell(values.first?.integer.map { RecordID($0).description } ?? "")
            case .stored(let index): writer.cell(values[index].text ?? "")
            }
        }
        writer.endRow()
    }

    private func whole(_ slot: ReadPlan.Slot, _ values: [SQLValue], _ name: String?, to writer: inout CSVWriter) {
        guard let value = values.first, !value.isNull else { return writer.cell("") }
        switch slot.field.kind {
        case .text where slot.field.key == "id":
            writer.cell(RecordID(value.integer ?? 0).description)
        case .integer:
            writer.cell(String(value.integer ?? 0), isNumber: true)
        case .decimal(let scale):
            writer.cell(FixedPoint.text(value.integer ?? 0, digits: scale), isNumber: true)
        case .money:
            money(values, to: &writer)
        case .boolean:
            writer.cell(flag(value))
        case .instant:
            writer.cell(instant(value))
        case .link, .person, .file:
            writer.cell(name ?? "")
        case .choice(let choices):
            writer.cell(choice(value.text ?? "", choices))
        case .multiChoice(let choices):
            writer.cell(StoredList.items(value.text ?? "").map { choice($0, choices) }.joined(separator: "; "))
        case .tags:
            writer.cell(StoredList.items(value.text ?? "").joined(separator: "; "))
        case .formula(_, let result), .rollUp(_, let result):
            computed(value, result, to: &writer)
        default:
            writer.cell(value.text ?? value.integer.map { String($0) } ?? "")
        }
    }

    private func money(_ values: [SQLValue], to writer: inout CSVWriter) {
        let currency = values[1].text ?? baseCurrency
        let amount = Money(minor: values[0].integer ?? 0, currency: currency).amountText
        if form == .raw || currency == baseCurrency { return writer.cell(amount, isNumber: true) }
        // As text: a spreadsheet must not add amounts of different currencies.
        writer.cell("\(currency) \(amount)")
    }

    private func computed(_ value: SQLValue, _ result: ResultKind, to writer: inout CSVWriter) {
        switch result {
        case .boolean: writer.cell(flag(value))
        case .instant: writer.cell(instant(value))
        case .number:
            let text = value.integer.map { String($0) } ?? value.number.map { String($0) } ?? ""
            writer.cell(text, isNumber: true)
        case .text, .day: writer.cell(value.text ?? "")
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

    private func choice(_ key: String, _ choices: [Choice]) -> String {
        if form == .raw { return key }
        return choices.first { $0.key == key }?.label.text(language) ?? key
    }
}

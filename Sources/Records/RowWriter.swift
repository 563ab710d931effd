import Database
import FieldKinds
import Schema
import Values

/// How a row of a plan becomes JSON, worked out once: a list writes hundreds of values with it.
struct RowWriter: Sendable {
    private enum Form { case id, text, integer, boolean, instant, link, money, address, other }

    private struct Step {
        /// Where the key's bytes stand in `keys`.
        let key: Range<Int>
        let form: Form
        let start: Int
        /// The position of the linked record's name; negative without one.
        let name: Int
        let slot: Int
    }

    private let keys: [UInt8]
    private let steps: [Step]
    private static let addressKeys = ["street", "country", "province", "city", "district", "postal_code"]

    init(_ slots: [ReadPlan.Slot]) {
        var keys: [UInt8] = []
        steps = slots.enumerated().map { index, slot in
            let start = keys.count
            keys += JSONWriter.keyBytes(slot.field.key)
            return Step(
                key: start..<keys.count,
                form: RowWriter.form(slot),
                start: slot.start,
                name: slot.name ?? -1,
                slot: index
            )
        }
        self.keys = keys
    }

    private static func form(_ slot: ReadPlan.Slot) -> Form {
        switch slot.field.kind {
        case .text where slot.field.key == "id": .id
        case .text, .longText, .day, .choice, .phone, .email, .url, .autoNumber: .text
        case .integer: .integer
        case .boolean: .boolean
        case .instant: .instant
        case .link, .person, .file: .link
        case .money: .money
        case .address: .address
        default: .other
        }
    }

    /// Writes the row under the cursor, straight from the statement's memory.
    func write(_ cursor: RowCursor, of slots: [ReadPlan.Slot], to json: inout JSONWriter) {
        json.object { json in
            keys.withUnsafeBufferPointer { keys in
                for step in steps {
                    json.key(bytes: UnsafeBufferPointer(rebasing: keys[step.key]))
                    write(step, cursor, slots, &json)
                }
            }
        }
    }

    private func write(_ step: Step, _ cursor: RowCursor, _ slots: [ReadPlan.Slot], _ json: inout JSONWriter) {
        let index = step.start
        if step.form == .address { return writeAddress(index, cursor, &json) }
        if step.form == .other {
            let slot = slots[step.slot]
            let values = (index..<(index + slot.count)).map(cursor.value)
            return slot.field.write(values[...], to: &json)
        }
        if cursor.isNull(index) { return json.null() }
        switch step.form {
        case .id: json.id(RecordID(cursor.integer(index)))
        case .text: cursor.withText(index) { json.string(utf8: $0) }
        case .integer: json.integer(cursor.integer(index))
        case .boolean: json.bool(cursor.integer(index) != 0)
        case .instant: json.instant(Instant(milliseconds: cursor.integer(index)))
        case .link: writeLink(step, cursor, &json)
        case .money:
            let digits = Currency.digits(cursor.text(index + 1)) ?? 2
            cursor.withText(index + 1) { json.money(minor: cursor.integer(index), currency: $0, digits: digits) }
        case .address, .other: break
        }
    }

    private func writeLink(_ step: Step, _ cursor: RowCursor, _ json: inout JSONWriter) {
        json.object { json in
            json.key("id")
            json.id(RecordID(cursor.integer(step.start)))
            json.key("name")
            if step.name >= 0, !cursor.isNull(step.name) {
                cursor.withText(step.name) { json.string(utf8: $0) }
            } else {
                json.null()
            }
        }
    }

    private func writeAddress(_ start: Int, _ cursor: RowCursor, _ json: inout JSONWriter) {
        let parts = RowWriter.addressKeys
        guard parts.indices.contains(where: { !cursor.isNull(start + $0) }) else { return json.null() }
        json.object { json in
            for (offset, part) in parts.enumerated() {
                json.key(part)
                if cursor.isNull(start + offset) {
                    json.null()
                } else {
                    cursor.withText(start + offset) { json.string(utf8: $0) }
                }
            }
        }
    }
}

import FieldKinds
import Records
import Schema
import Values

/// Writes records as cards: vCard 3.0 or 4.0 in UTF-8, with the fields that cards have a place for.
struct CardWriter {
    private let plan: ReadPlan
    private let object: ObjectDefinition
    /// True for objects that stand for a company, whose name is that of the organisation.
    private let isCompany: Bool
    /// True for version 4.0.
    private let isNew: Bool

    /// A writer for a plan. Throws a `Problem` for objects that nobody has in an address book.
    init(_ plan: ReadPlan, _ object: ObjectDefinition?, isNew: Bool = false) throws {
        self.isNew = isNew
        let isReachable = plan.slots.contains { slot in slot.field.kind == .phone || slot.field.kind == .email }
        guard let object, isReachable else {
            throw Problem(
                .unsupported,
                "no_cards",
                Label(
                    "These records have neither phone nor e-mail, so they cannot be written as cards. Take another format.",
                    zh: "这类记录没有电话和邮箱，不能导出为名片，请选择其他格式。"
                )
            )
        }
        self.plan = plan
        self.object = object
        isCompany =
            !object.fields.contains { field in
                if case .link(let target) = field.kind { target == "customer" && field.key != "parent" } else { false }
            } && object.field("company") == nil
    }

    /// The card of a record.
    func card(_ row: RecordRow) -> [UInt8] {
        var lines = CardOutput()
        lines.line("BEGIN:VCARD")
        lines.line(isNew ? "VERSION:4.0" : "VERSION:3.0")
        if isNew { lines.line(isCompany ? "KIND:org" : "KIND:individual") }
        var company: String?
        var department: String?
        for slot in plan.slots {
            let values = row.values(slot)
            let text = values.first?.text ?? ""
            switch (slot.field.kind, slot.field.key) {
            case (_, object.nameField): name(text, &lines)
            case (_, "id"):
                let id = RecordID(values.first?.integer ?? 0).description
                lines.line((isNew ? "UID;VALUE=text:" : "UID:") + id)
            case (.link, "customer"): company = row.name(slot)
            case (.text, "company"): company = text
            case (.text, "department"): department = text
            case (.text, "title") where !text.isEmpty: lines.line("TITLE:" + CardOutput.escaped(text))
            case (.phone, let key) where !text.isEmpty:
                lines.line(telephone(isMobile: key == "mobile") + CardOutput.escaped(text))
            case (.email, _) where !text.isEmpty:
                lines.line((isNew ? "EMAIL:" : "EMAIL;TYPE=INTERNET:") + CardOutput.escaped(text))
            case (.url, _) where !text.isEmpty: lines.line("URL:" + CardOutput.escaped(text))
            case (.address, _): address(values.map { $0.text ?? "" }, &lines)
            case (.day, "birthday") where !text.isEmpty:
                // Version 4.0 has no hyphens in days.
                lines.line("BDAY:" + (isNew ? text.filter { $0 != "-" } : text))
            case (.tags, _) where !text.isEmpty:
                let items = StoredList.items(text).map(CardOutput.escaped)
                lines.line("CATEGORIES:" + items.joined(separator: ","))
            case (.longText, _) where !text.isEmpty: lines.line("NOTE:" + CardOutput.escaped(text))
            default: break
            }
        }
        if let company, !company.isEmpty {
            let parts = [company, department ?? ""].filter { !$0.isEmpty }.map(CardOutput.escaped)
            lines.line("ORG:" + parts.joined(separator: ";"))
        } else if let department, !department.isEmpty {
            lines.line("ORG:;" + CardOutput.escaped(department))
        }
        lines.line("END:VCARD")
        return lines.bytes
    }

    /// In version 4.0 several types stand in quotation marks.
    private func telephone(isMobile: Bool) -> String {
        if isNew { return isMobile ? "TEL;TYPE=\"cell,voice\":" : "TEL;TYPE=\"work,voice\":" }
        return isMobile ? "TEL;TYPE=CELL,VOICE:" : "TEL;TYPE=WORK,VOICE:"
    }

    private func name(_ text: String, _ lines: inout CardOutput) {
        let name = CardOutput.escaped(text)
        lines.line("FN:" + name)
        if isCompany {
            lines.line("N:;;;;")
            lines.line("ORG:" + name)
        } else {
            // Whole: where a family name ends cannot be told of every name.
            lines.line("N:\(name);;;;")
        }
    }

    /// Columns in the order street, country, province, city, district, postal code.
    private func address(_ parts: [String], _ lines: inout CardOutput) {
        guard parts.count == 6, parts.contains(where: { !$0.isEmpty }) else { return }
        let street = [parts[4], parts[0]].filter { !$0.isEmpty }.joined(separator: " ")
        let ordered = ["", "", street, parts[3], parts[2], parts[5], parts[1]].map(CardOutput.escaped)
        lines.line("ADR;TYPE=WORK:" + ordered.joined(separator: ";"))
    }
}

/// Lines of a card, folded at 75 bytes.
private struct CardOutput {
    private(set) var bytes: [UInt8] = []

    mutating func line(_ text: String) {
        var width = 0
        for scalar in text.unicodeScalars {
            let encoded = Array(String(scalar).utf8)
            if width + encoded.count > 75 {
                bytes += [0x0D, 0x0A, 0x20]
                width = 1
            }
            bytes += encoded
            width += encoded.count
        }
        bytes += [0x0D, 0x0A]
    }

    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case ";": result += "\\;"
            case ",": result += "\\,"
            case "\n": result += "\\n"
            case "\r": break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

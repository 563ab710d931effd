import Foundation
import Values

/// A file of cards as a table: a row per card.
enum CardFile {
    /// Whether a file begins as cards do.
    static func isCard(_ start: [UInt8]) -> Bool {
        var bytes = start[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { bytes = bytes.dropFirst(2) }
        let text = bytes.filter { $0 != 0 && $0 > 0x20 }.prefix(11)
        return String(decoding: text, as: UTF8.self).uppercased() == "BEGIN:VCARD"
    }

    /// How many cards a file has.
    static func count(_ path: String) throws -> Int {
        let reader = try CardReader(path)
        var count = 0
        while try reader.next() != nil { count += 1 }
        return count
    }

    /// The columns: what contacts have, then what would else be lost.
    private static let headers: [Label] = [
        Label("Name", zh: "姓名"), Label("Salutation", zh: "称谓"), Label("Company", zh: "公司"),
        Label("Department", zh: "部门"), Label("Job Title", zh: "职务"), Label("Mobile", zh: "手机"),
        Label("Phone", zh: "电话"), Label("E-mail", zh: "邮箱"), Label("Country", zh: "国家"),
        Label("Province", zh: "省份"), Label("City", zh: "城市"), Label("Street", zh: "街道地址"),
        Label("Postal code", zh: "邮编"), Label("Website", zh: "网址"), Label("Birthday", zh: "生日"),
        Label("Tags", zh: "标签"), notes, Label("Nickname", zh: "昵称"), Label("Fax", zh: "传真"),
        morePhones, Label("More e-mails", zh: "其他邮箱"),
        Label("More addresses", zh: "其他地址"), picture,
    ]

    /// The columns of notes and of numbers behind the first ones.
    static let notes = Label("Notes", zh: "备注")
    static let morePhones = Label("More phones", zh: "其他电话")

    /// The column of pictures. Its cells only say that a card has one: `CardPictures` takes it from the card.
    static let picture = Label("Photo", zh: "照片")

    /// Writes the cards into a CSV file, at most `limit`.
    static func write(_ path: String, _ language: Language, to target: String, limit: Int) throws {
        let reader = try CardReader(path)
        let output = try TableOutput(target)
        try output.row(1, headers.map { $0.text(language) })
        var number = 1
        while number <= limit, let card = try reader.next() {
            number += 1
            try output.row(number, cells(card))
        }
        try output.close()
    }

    private static func cells(_ card: Card) -> [String] {
        let all = card.phones.flatMap(single)
        let fax = all.filter { $0.types.contains("fax") }
        let mobile = all.filter { isMobile($0) && !$0.types.contains("fax") }
        let phones = all.filter { !isMobile($0) && !$0.types.contains("fax") && !$0.types.contains("pager") }
        let pagers = all.filter { $0.types.contains("pager") }
        let address = card.addresses.first { $0.types.contains("work") } ?? card.addresses.first
        let parts = address?.parts ?? [String](repeating: "", count: 7)
        let street = [parts[0], parts[1], parts[2]].filter { !$0.isEmpty }.joined(separator: " ")
        let organization = card.organization.map(\.trimmed).filter { !$0.isEmpty }
        let more = (mobile.dropFirst() + phones.dropFirst() + fax.dropFirst() + pagers).map(\.value)
        let others = card.addresses.filter { $0 != address }.map { address in
            address.parts.filter { !$0.isEmpty }.joined(separator: " ")
        }
        return [
            name(card), card.name?.prefix ?? "", organization.first ?? "",
            organization.dropFirst().joined(separator: " / "), card.title ?? card.role ?? "",
            mobile.first?.value ?? "", phones.first?.value ?? "", card.emails.first?.value ?? "", parts[6], parts[4],
            parts[3], oneLine(street), parts[5].trimmed, card.urls.first ?? "", birthday(card.birthday),
            card.categories.joined(separator: "; "), card.note ?? "", card.nicknames.joined(separator: "; "),
            fax.first?.value ?? "", more.joined(separator: "; "),
            card.emails.dropFirst().map(\.value).joined(separator: "; "), others.map(oneLine).joined(separator: "; "),
            card.photoBytes == nil ? "" : "photo",
        ]
    }

    /// People write two numbers into one line of a card: an entry for each of them. Of what kind those behind the first
    /// are, they say themselves.
    private static func single(_ entry: Card.Entry) -> [Card.Entry] {
        let pieces = entry.value.split { "/;、,，；或".contains($0) }.map { String($0).trimmed }
        let isSeveral = pieces.count > 1 && pieces.allSatisfy { piece in piece.count { $0.isNumber } > 6 }
        guard isSeveral else { return [entry] }
        return pieces.enumerated().map { index, piece in
            let types = entry.types.filter { index == 0 || ($0 != "cell" && $0 != "iphone") }
            return Card.Entry(value: piece, types: types)
        }
    }

    private static func isMobile(_ entry: Card.Entry) -> Bool {
        if entry.types.contains("cell") || entry.types.contains("iphone") { return true }
        // Chinese mobile numbers are known by themselves: 1, then 3 to 9, eleven digits.
        guard !entry.types.contains("work"), !entry.types.contains("home") else { return false }
        var digits = entry.value.filter(\.isNumber)
        if digits.count == 13, digits.hasPrefix("86") { digits.removeFirst(2) }
        return digits.count == 11 && digits.hasPrefix("1") && !digits.hasPrefix("10")
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func name(_ card: Card) -> String {
        if let name = card.formattedName?.trimmed, !name.isEmpty { return oneLine(name) }
        guard let name = card.name else { return card.organization.first ?? card.emails.first?.value ?? "" }
        let isChinese = (name.family + name.given).unicodeScalars.contains { $0.properties.isIdeographic }
        let parts = isChinese ? [name.family, name.given] : [name.given, name.additional, name.family]
        return parts.filter { !$0.isEmpty }.joined(separator: isChinese ? "" : " ")
    }

    /// `19800321` and `1980-03-21T00:00:00Z` as a day; a birthday without a year is no day.
    private static func birthday(_ text: String?) -> String {
        guard let text = text?.trimmed else { return "" }
        if text.utf8.count >= 10, let day = Day(String(text.prefix(10))) { return day.description }
        let digits = text.prefix { $0.isNumber }
        guard digits.count == 8 else { return "" }
        return digits.prefix(4) + "-" + digits.dropFirst(4).prefix(2) + "-" + digits.suffix(2)
    }
}

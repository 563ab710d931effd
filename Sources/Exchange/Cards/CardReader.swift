import Foundation
import Values

/// A person's card, as vCard 2.1 to 4.0 has it.
public struct Card: Sendable, Equatable {
    /// The parts of a name.
    public struct Name: Sendable, Equatable {
        /// The family name.
        public var family = ""
        /// The given name.
        public var given = ""
        /// Further names.
        public var additional = ""
        /// Titles before the name.
        public var prefix = ""
        /// What stands behind the name.
        public var suffix = ""
    }

    /// A value with what it is for: `work`, `cell`, `fax` …
    public struct Entry: Sendable, Equatable {
        /// The value.
        public var value: String
        /// The types in small letters, sorted, each once.
        public var types: [String]

        /// A value with its types.
        public init(value: String, types: [String]) {
            self.value = value
            self.types = types
        }
    }

    /// A postal address.
    public struct Address: Sendable, Equatable {
        /// The box, the addition, the street, the city, the region, the postal code and the country, in this order.
        public var parts: [String]
        /// The types in small letters, sorted, each once.
        public var types: [String]
    }

    /// The version of the format.
    public var version = ""
    /// The name as it is shown.
    public var formattedName: String?
    /// The name in parts; nil where the card has none.
    public var name: Name?
    /// Nicknames.
    public var nicknames: [String] = []
    /// The company and its departments.
    public var organization: [String] = []
    /// The position.
    public var title: String?
    /// The profession.
    public var role: String?
    /// E-mail addresses.
    public var emails: [Entry] = []
    /// Telephone numbers.
    public var phones: [Entry] = []
    /// Postal addresses.
    public var addresses: [Address] = []
    /// Web addresses.
    public var urls: [String] = []
    /// The birthday as written.
    public var birthday: String?
    /// Notes.
    public var note: String?
    /// Groups that the person belongs to.
    public var categories: [String] = []
    /// The size of the picture in bytes; nil without one.
    public var photoBytes: Int?
    /// The picture itself; only where the reader was asked to take pictures.
    var photo: [UInt8]?

    /// An empty card.
    public init() {}
}

/// Reads a file of cards one by one, with bounded memory.
public final class CardReader {
    private let lines: CardLines
    private let text: CardText
    /// Pictures are large, and most who read cards only want to know whether there is one.
    private let takesPictures: Bool

    /// A reader of a file.
    public convenience init(_ path: String) throws { try self.init(path, takesPictures: false) }

    init(_ path: String, takesPictures: Bool) throws {
        self.takesPictures = takesPictures
        lines = try CardLines(path)
        text = CardText(lines.encoding)
    }

    /// The next card; nil at the end of the file.
    public func next() throws -> Card? {
        while let property = try lines.next() {
            guard property.name == "BEGIN", isCard(property) else { continue }
            lines.keepsBlanks = false
            return try card()
        }
        return nil
    }

    private func isCard(_ property: CardProperty) -> Bool {
        String(decoding: property.value, as: UTF8.self).trimmed.uppercased() == "VCARD"
    }

    private func card() throws -> Card {
        var card = Card()
        var depth = 1
        while let property = try lines.next() {
            switch property.name {
            case "BEGIN": depth += 1
            case "END":
                depth -= 1
                if depth == 0 { return card }
            // A card inside a card is that of an assistant or agent.
            default: if depth == 1 { take(property, &card) }
            }
        }
        return card
    }

    private func take(_ property: CardProperty, _ card: inout Card) {
        let isOld = card.version == "2.1"
        func whole() -> String { CardReader.plain(text(property), isOld) }
        func parts(_ separator: Character) -> [String] {
            CardReader.split(text(property), separator).map { CardReader.plain($0, isOld) }
        }
        switch property.name {
        case "VERSION":
            card.version = whole().trimmed
            lines.keepsBlanks = card.version == "2.1"
        case "FN": card.formattedName = card.formattedName ?? whole()
        case "N" where card.name == nil: card.name = CardReader.name(parts(";"))
        case "NICKNAME": card.nicknames += parts(",")
        case "ORG" where card.organization.isEmpty: card.organization = parts(";")
        case "TITLE": card.title = card.title ?? whole()
        case "ROLE": card.role = card.role ?? whole()
        case "NOTE": card.note = card.note ?? whole()
        case "BDAY": card.birthday = card.birthday ?? whole()
        case "CATEGORIES": card.categories += parts(",").filter { !$0.isEmpty }
        case "URL" where card.urls.count < 50: card.urls.append(whole())
        case "EMAIL" where card.emails.count < 50: card.emails.append(entry(property, whole()))
        case "TEL" where card.phones.count < 50: card.phones.append(entry(property, CardReader.number(whole())))
        case "ADR" where card.addresses.count < 50:
            let given = parts(";")
            let padded = (given + [String](repeating: "", count: 7)).prefix(7)
            card.addresses.append(Card.Address(parts: Array(padded), types: types(property)))
        case "PHOTO":
            // The first one that is in the card.
            guard card.photoBytes == nil, let size = CardReader.size(property), size > 0 else { return }
            card.photoBytes = size
            if takesPictures { card.photo = CardReader.picture(property) }
        default: break
        }
    }

    private func text(_ property: CardProperty) -> String { text.text(property) }

    private func entry(_ property: CardProperty, _ value: String) -> Card.Entry {
        Card.Entry(value: value, types: types(property))
    }

    private func types(_ property: CardProperty) -> [String] { Set(property.values("TYPE")).sorted() }

    private static func name(_ parts: [String]) -> Card.Name {
        func part(_ index: Int) -> String { parts.indices.contains(index) ? parts[index] : "" }
        return Card.Name(family: part(0), given: part(1), additional: part(2), prefix: part(3), suffix: part(4))
    }

    /// Version 4 writes numbers as `tel:+86-10-1234;ext=5`.
    private static func number(_ text: String) -> String {
        guard text.lowercased().hasPrefix("tel:") else { return text }
        let pieces = text.dropFirst(4).split(separator: ";")
        let extra = pieces.dropFirst().first { $0.lowercased().hasPrefix("ext=") }.map { "-" + $0.dropFirst(4) } ?? ""
        return (pieces.first.map(String.init) ?? "") + extra
    }

    /// The base64 of a picture in the card; nil for one that is only named: what it names is not fetched.
    private static func base64(_ property: CardProperty) -> ArraySlice<UInt8>? {
        let bytes = property.value[...]
        if bytes.starts(with: Array("data:".utf8)), let comma = bytes.firstIndex(of: 0x2C) {
            return bytes[(comma + 1)...]
        }
        let encodings = property.values("ENCODING")
        return encodings.contains("b") || encodings.contains("base64") ? bytes : nil
    }

    /// The bytes of a picture in the card; none where they cannot be read.
    private static func picture(_ property: CardProperty) -> [UInt8] {
        guard let text = base64(property) else { return [] }
        return Data(base64Encoded: Data(text), options: .ignoreUnknownCharacters).map { [UInt8]($0) } ?? []
    }

    /// How many bytes a picture in the card has; nil for one that is only named.
    private static func size(_ property: CardProperty) -> Int? {
        guard let bytes = base64(property) else { return nil }
        let digits = bytes.count { ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || (0x2B...0x39).contains($0) }
        return digits * 3 / 4
    }

    /// Splits at a character that has no backslash before it.
    static func split(_ text: String, _ separator: Character) -> [String] {
        var parts = [""]
        var isEscaped = false
        for character in text {
            if character == separator, !isEscaped {
                parts.append("")
                continue
            }
            isEscaped = character == "\\" && !isEscaped
            parts[parts.count - 1].append(character)
        }
        return parts
    }

    /// The text without its backslashes. Version 2.1 has no line breaks to write with them.
    static func plain(_ text: String, _ isOld: Bool) -> String {
        guard text.utf8.contains(0x5C) else { return text }
        var result = ""
        var isEscaped = false
        for character in text {
            if !isEscaped {
                if character == "\\" { isEscaped = true } else { result.append(character) }
                continue
            }
            isEscaped = false
            switch character {
            case "n" where !isOld, "N" where !isOld: result.append("\n")
            case "\\", ";", ",", ":", "\"": result.append(character)
            default: result += "\\" + String(character)
            }
        }
        return isEscaped ? result + "\\" : result
    }
}

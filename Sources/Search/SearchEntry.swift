import Database
import Values

/// What a record is found by.
public struct SearchEntry: Sendable {
    /// Names: found by characters, words, pinyin and the first letters of pinyin.
    public var names: [String] = []
    /// Other texts, such as e-mail addresses and descriptions: found by characters and words.
    public var texts: [String] = []
    /// Telephone numbers in E.164: found by any three digits in a row.
    public var phones: [String] = []

    /// An entry that finds nothing yet.
    public init(names: [String] = [], texts: [String] = [], phones: [String] = []) {
        self.names = names
        self.texts = texts
        self.phones = phones
    }
}

/// An entry as the tokens that are stored.
struct SearchTokens: Equatable {
    /// The names of the columns that hold them.
    static let columns = ["name", "text", "sound", "digits"]

    var name = ""
    var text = ""
    var sound = ""
    var digits = ""

    init(_ entry: SearchEntry) {
        var name = TokenWriter()
        var sound = TokenWriter()
        if !entry.names.isEmpty {
            name.bytes.reserveCapacity(256)
            sound.bytes.reserveCapacity(256)
        }
        for text in entry.names {
            let folded = FoldedText(text, limit: Tokenizer.limit)
            name.write(folded)
            sound.writeSounds(folded)
        }
        name.writeSingles()
        self.name = name.text
        self.sound = sound.text
        if !entry.texts.isEmpty { text = Tokenizer.tokens(entry.texts) }
        if entry.phones.isEmpty { return }
        var digits = TokenWriter()
        for phone in entry.phones { digits.write(phone: phone) }
        self.digits = digits.text
    }

    init(name: String, text: String, sound: String, digits: String) {
        (self.name, self.text, self.sound, self.digits) = (name, text, sound, digits)
    }

    /// What a row holds from a column on.
    init(_ row: Row, from first: Int) {
        self.init(
            name: row.text(first),
            text: row.text(first + 1),
            sound: row.text(first + 2),
            digits: row.text(first + 3)
        )
    }

    /// In the order of the columns.
    var texts: [String] { [name, text, sound, digits] }

    /// In bytes.
    var size: Int { texts.reduce(0) { $0 + $1.utf8.count } }

    var values: [SQLValue] { texts.map { .text($0) } }

    var isEmpty: Bool { name.isEmpty && text.isEmpty && digits.isEmpty }
}

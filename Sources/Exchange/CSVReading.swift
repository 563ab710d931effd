public import Values

/// What stands between the cells of a text table.
public enum CSVSeparator: String, Sendable, CaseIterable {
    /// `,`
    case comma
    /// `;`, usual where decimals have a comma.
    case semicolon
    /// The tabulator.
    case tab
    /// `|`
    case pipe

    /// The sign as a byte.
    public var byte: UInt8 {
        switch self {
        case .comma: 0x2C
        case .semicolon: 0x3B
        case .tab: 0x09
        case .pipe: 0x7C
        }
    }

    /// The separator of that byte; nil for others.
    public init?(byte: UInt8) {
        guard let known = CSVSeparator.allCases.first(where: { $0.byte == byte }) else { return nil }
        self = known
    }

    /// The text that people see.
    public var label: Label {
        switch self {
        case .comma: Label("Comma (,)", zh: "逗号（,）")
        case .semicolon: Label("Semicolon (;)", zh: "分号（;）")
        case .tab: Label("Tab", zh: "制表符（Tab）")
        case .pipe: Label("Vertical bar (|)", zh: "竖线（|）")
        }
    }

    /// The text within a sentence.
    var name: Label {
        switch self {
        case .comma: Label("comma", zh: "逗号")
        case .semicolon: Label("semicolon", zh: "分号")
        case .tab: Label("tab", zh: "制表符")
        case .pipe: Label("vertical bar", zh: "竖线")
        }
    }
}

/// What the cells of a text table stand in that hold separators or line breaks.
public enum CSVQuote: String, Sendable, CaseIterable {
    /// `"`, as nearly all programs write.
    case double
    /// `'`, as some databases write.
    case single
    /// Nothing: quotation marks are signs like others, and no cell holds a separator or a line break.
    case nothing = "none"

    /// The sign as a byte; nil for none.
    public var byte: UInt8? {
        switch self {
        case .double: 0x22
        case .single: 0x27
        case .nothing: nil
        }
    }

    /// The text that people see.
    public var label: Label {
        switch self {
        case .double: Label("Double (\")", zh: "双引号（\"）")
        case .single: Label("Single (')", zh: "单引号（'）")
        case .nothing: Label("None", zh: "无")
        }
    }

    /// The text within a sentence.
    var name: Label {
        switch self {
        case .double: Label("double quotes", zh: "双引号")
        case .single: Label("single quotes", zh: "单引号")
        case .nothing: Label("no quotes", zh: "无引号")
        }
    }
}

/// How a person says that a text table is to be read. What is nil is found out.
public struct CSVReading: Sendable, Equatable {
    /// The encoding.
    public var encoding: TextEncoding?
    /// What stands between cells.
    public var separator: CSVSeparator?
    /// What cells stand in.
    public var quote: CSVQuote?

    /// Says how a text table is to be read; without anything, all is found out.
    public init(encoding: TextEncoding? = nil, separator: CSVSeparator? = nil, quote: CSVQuote? = nil) {
        self.encoding = encoding
        self.separator = separator
        self.quote = quote
    }

    /// Reads what a form or a command says: words, or the signs themselves. Nil and empty texts leave it to be found
    /// out. Throws a `Problem` that names each word that is not known.
    public init(words encoding: String?, _ separator: String?, _ quote: String?) throws {
        var problems: [FieldProblem] = []
        self.encoding = CSVReading.read(encoding, CSVReading.knownEncoding, CSVReading.unknownEncoding, &problems)
        self.separator = CSVReading.read(separator, CSVReading.knownSeparator, CSVReading.unknownSeparator, &problems)
        self.quote = CSVReading.read(quote, CSVReading.knownQuote, CSVReading.unknownQuote, &problems)
        if !problems.isEmpty { throw Problem.invalid(problems) }
    }

    /// The choices in one word; empty when all is found out.
    public var text: String {
        if self == CSVReading() { return "" }
        return [encoding?.rawValue, separator?.rawValue, quote?.rawValue].map { "," + ($0 ?? "") }.joined()
    }

    private static func read<Choice>(
        _ word: String?,
        _ known: (String) -> Choice?,
        _ unknown: FieldProblem,
        _ problems: inout [FieldProblem]
    ) -> Choice? {
        guard let word, !word.isEmpty else { return nil }
        let choice = known(word)
        if choice == nil { problems.append(unknown) }
        return choice
    }

    /// GBK and GB2312 are parts of GB18030.
    private static func knownEncoding(_ word: String) -> TextEncoding? {
        let folded = word.lowercased()
        if ["gbk", "gb2312"].contains(folded) { return .gb18030 }
        return TextEncoding.allCases.first { $0.rawValue.lowercased() == folded }
    }

    private static func knownSeparator(_ word: String) -> CSVSeparator? {
        if let known = CSVSeparator(rawValue: word.lowercased()) { return known }
        return word.utf8.count == 1 ? word.utf8.first.flatMap(CSVSeparator.init(byte:)) : nil
    }

    private static func knownQuote(_ word: String) -> CSVQuote? {
        if let known = CSVQuote(rawValue: word.lowercased()) { return known }
        return CSVQuote.allCases.first { quote in quote.byte.map { [$0] } == Array(word.utf8) }
    }

    private static let unknownEncoding = FieldProblem(
        "encoding",
        "unknown_choice",
        Label(
            "«encoding» must be UTF-8, GB18030, UTF-16LE or UTF-16BE.",
            zh: "encoding 只能是 UTF-8、GB18030、UTF-16LE 或 UTF-16BE。"
        )
    )
    private static let unknownSeparator = FieldProblem(
        "separator",
        "unknown_choice",
        Label(
            "«separator» must be comma, semicolon, tab or pipe.",
            zh: "separator 只能是 comma（逗号）、semicolon（分号）、tab（制表符）或 pipe（竖线）。"
        )
    )
    private static let unknownQuote = FieldProblem(
        "quote",
        "unknown_choice",
        Label(
            "«quote» must be double, single or none.",
            zh: "quote 只能是 double（双引号）、single（单引号）或 none（无）。"
        )
    )
}

extension CSVFormat {
    /// What one would have to choose for a file to be read like this.
    public var reading: CSVReading {
        CSVReading(encoding: encoding, separator: CSVSeparator(byte: separator), quote: quote)
    }

    /// How the file is read, in one line: «UTF-8 · comma · double quotes».
    public var summary: Label {
        let separator = CSVSeparator(byte: separator)?.name ?? Label("CSV", zh: "CSV")
        // Nearly always the first row names the columns.
        let place = heading > 1 ? Label(" · headings in row \(heading)", zh: " · 表头在第 \(heading) 行") : nil
        return Label(
            "\(encoding.rawValue) · \(separator.en) · \(quote.name.en)\(place?.en ?? "")",
            zh: "\(encoding.rawValue) · \(separator.zh) · \(quote.name.zh)\(place?.zh ?? "")"
        )
    }

    /// Writes how the file is read as members of an object.
    public func write(to json: inout JSONWriter) {
        json.member("encoding", encoding.rawValue)
        json.member("separator", CSVSeparator(byte: separator)?.rawValue)
        json.member("quote", quote.rawValue)
    }
}

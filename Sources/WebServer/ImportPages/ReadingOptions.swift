import Exchange
import Pages
import Values

/// What the page offers to say how a text table is read: as it was found out, or otherwise.
enum ReadingOptions {
    static func of(_ sheet: MappedSheet, _ context: PageContext) -> [ImportStyle] {
        guard let now = sheet.preview.format.csv else { return [] }
        let (reading, found) = (sheet.reading, sheet.preview.detected ?? now)
        // What is left open depends on what is said: another encoding may have other separators.
        let encoding = (reading.encoding == nil ? now : found).encoding
        let separator = CSVSeparator(byte: (reading.separator == nil ? now : found).separator) ?? .comma
        let quote = (reading.quote == nil ? now : found).quote
        return [
            ImportStyle(
                "encoding",
                context(ImportTexts.encoding),
                [detected(encoding.label, context)]
                    + TextEncoding.allCases.map { Option($0.rawValue, context($0.label)) },
                chosen: reading.encoding?.rawValue ?? ""
            ),
            ImportStyle(
                "separator",
                context(ImportTexts.separator),
                [detected(separator.label, context)]
                    + CSVSeparator.allCases.map { Option($0.rawValue, context($0.label)) },
                chosen: reading.separator?.rawValue ?? ""
            ),
            ImportStyle(
                "quote",
                context(ImportTexts.quote),
                [detected(quote.label, context)] + CSVQuote.allCases.map { Option($0.rawValue, context($0.label)) },
                chosen: reading.quote?.rawValue ?? ""
            ),
        ]
    }

    /// Whether the choices stand open: what was found out is doubtful, or somebody has said something else.
    static func needLook(_ sheet: MappedSheet) -> Bool { sheet.preview.isDoubtful || sheet.reading != CSVReading() }

    private static func detected(_ label: Label, _ context: PageContext) -> Option {
        Option("", context(ImportTexts.detected(label)))
    }
}

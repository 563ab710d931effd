import Values

/// The entries of a cell that holds several choices.
enum CellItems {
    /// Splits at commas, semicolons and bars, as multiple choices are read.
    static func of(_ text: String) -> [String] {
        text.split { ",，、;；|".contains($0) }.map { $0.trimmed }.filter { !$0.isEmpty }
    }

    /// The entries of a list as exports write it: with semicolons, or as JSON.
    static func listed(_ text: String) -> [String] {
        if text.hasPrefix("["), let list = try? JSONReader.parse(text).array { return list.compactMap(\.string) }
        return text.split { ";；\n".contains($0) }.map { $0.trimmed }.filter { !$0.isEmpty }
    }
}

import Values

/// The entries of a cell that holds several choices.
enum CellItems {
    /// Splits at commas, semicolons and bars, as multiple choices are read.
    static func of(_ text: String) -> [String] {
        text.split { ",，、;；|".contains($0) }.map { $0.trimmed }.filter { !$0.isEmpty }
    }
}

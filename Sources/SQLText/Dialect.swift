/// The engines. Every difference between them is a `switch` over this.
public enum Dialect: String, Sendable, CaseIterable {
    /// SQLite 3.40 or newer.
    case sqlite

    /// The SQL of a text folded for comparison (see `Values.Fold`).
    public func fold(_ text: String) -> String { "kehu_fold(\(text))" }
}

public import Values

/// What is wrong with a value, whatever field it is for.
public struct ValueFailure: Error, Sendable, Equatable {
    /// A stable code such as `invalid_email`.
    public var code: String
    /// What to do, in both languages.
    public var message: Label

    /// Describes what is wrong.
    public init(_ code: String, _ message: Label) {
        self.code = code
        self.message = message
    }
}

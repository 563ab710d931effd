/// What is wrong with one field, in words for people.
public struct FieldProblem: Error, Sendable, Equatable {
    /// The field's key; in a batch, preceded by the position as in `operations[3].name`.
    public var field: String
    /// A stable code such as `required`, `unknown_field`, `too_long`, `not_unique`.
    public var code: String
    /// What to do, in both languages.
    public var message: Label

    /// Describes what is wrong with a field.
    public init(_ field: String, _ code: String, _ message: Label) {
        self.field = field
        self.code = code
        self.message = message
    }
}

/// The one error that people and programs see: its kind decides the HTTP status.
public struct Problem: Error, Sendable, Equatable {
    /// What kind of problem it is.
    public enum Kind: Int, Sendable {
        /// The request cannot be read.
        case malformed = 400
        /// Nobody is logged in.
        case unauthenticated = 401
        /// The action is not allowed.
        case forbidden = 403
        /// There is no such thing, or the caller may not see it.
        case notFound = 404
        /// The address does not take this method.
        case notAllowed = 405
        /// The data is in conflict with other data.
        case conflict = 409
        /// Somebody else has changed the record since it was read.
        case stale = 412
        /// More than the program takes at once.
        case tooLarge = 413
        /// The content is of a kind that is not taken here.
        case unsupported = 415
        /// Values are not valid.
        case invalid = 422
        /// Too many requests.
        case tooMany = 429
        /// A fault of the program or the machine; nothing was written.
        case failure = 500
        /// Busy or full; try again later.
        case unavailable = 503
    }

    /// The kind, whose raw value is the HTTP status.
    public var kind: Kind
    /// A stable code such as `not_found`.
    public var code: String
    /// What is wrong and what to do.
    public var message: Label
    /// The fields concerned.
    public var fields: [FieldProblem]
    /// For `tooMany` and `unavailable`: seconds to wait.
    public var retryAfter: Int?

    /// Describes a problem.
    public init(_ kind: Kind, _ code: String, _ message: Label, fields: [FieldProblem] = [], retryAfter: Int? = nil) {
        self.kind = kind
        self.code = code
        self.message = message
        self.fields = fields
        self.retryAfter = retryAfter
    }

    /// Invalid values, one problem per field.
    public static func invalid(_ fields: [FieldProblem]) -> Problem {
        Problem(
            .invalid,
            "invalid",
            Label("Some values are not valid. See the fields.", zh: "有些内容填写有误，请查看标出的字段。"),
            fields: fields
        )
    }

    /// One invalid value.
    public static func invalid(_ field: String, _ code: String, _ message: Label) -> Problem {
        invalid([FieldProblem(field, code, message)])
    }

    /// No such record, or none that the caller may see.
    public static let notFound = Problem(
        .notFound,
        "not_found",
        Label("There is no such record, or you may not see it.", zh: "没有这条记录，或者您无权查看。")
    )

    /// The action is not allowed; `why` names the right that is missing.
    public static func forbidden(_ why: Label) -> Problem { Problem(.forbidden, "forbidden", why) }

    /// The request cannot be read.
    public static func malformed(_ code: String, _ message: Label) -> Problem { Problem(.malformed, code, message) }

    /// The record was changed by somebody else.
    public static let stale = Problem(
        .stale,
        "stale_version",
        Label(
            "Somebody else has changed this record since you opened it. Load it again, then repeat your change.",
            zh: "这条记录在您打开后已被他人修改，请重新载入后再保存。"
        )
    )
}

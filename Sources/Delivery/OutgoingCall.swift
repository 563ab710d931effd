public import Values

/// What is to be sent to another server.
public struct OutgoingCall: Sendable {
    /// Where to: `https://…`, or `http://…`.
    public var address: String
    /// The headers, names and values.
    public var headers: [(name: String, value: String)]
    /// The body, sent by POST.
    public var body: [UInt8]
    /// Whether addresses of this machine and the network around it may be called.
    public var allowsNearby: Bool
    /// Milliseconds that all of it may take.
    public var timeout: Int

    /// A POST of `body`, which may take seven seconds.
    public init(
        to address: String,
        headers: [(name: String, value: String)],
        body: [UInt8],
        allowsNearby: Bool = false,
        timeout: Int = 7000
    ) {
        self.address = address
        self.headers = headers
        self.body = body
        self.allowsNearby = allowsNearby
        self.timeout = timeout
    }
}

/// What came back.
public struct OutgoingAnswer: Sendable {
    /// The status of the answer; nil when there was none.
    public var status: Int?
    /// The first bytes of the answer, at most `OutgoingAnswer.kept`.
    public var body: [UInt8] = []
    /// Why there was no proper answer, in words for administrators.
    public var error: Label?
    /// The seconds that the answer asks to wait before the next try.
    public var retryAfter: Int64?
    /// Milliseconds that it took.
    public var duration: Int64 = 0

    /// How many bytes of an answer are kept.
    public static let kept = 1024
    /// How many bytes of an answer are read before the connection is cut.
    public static let longest = 65_536

    /// An answer of a status, or none.
    public init(status: Int? = nil, error: Label? = nil, retryAfter: Int64? = nil) {
        (self.status, self.error, self.retryAfter) = (status, error, retryAfter)
    }

    /// True when the receiver has taken what was sent: a status from 200 to 299.
    public var isAccepted: Bool { error == nil && (200...299).contains(status ?? 0) }

    /// True when the receiver as a whole is away or busy, whatever it was that was sent.
    public var isAbsence: Bool { status == nil || [429, 502, 503, 504].contains(status ?? 0) }
}

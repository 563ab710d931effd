import HTTPTypes

/// The headers that the standard library of names lacks.
extension HTTPField.Name {
    static let requestID = known("X-Request-Id")
    static let traceParent = known("traceparent")
    static let position = known("X-Kehu-Position")
    static let csrfToken = known("X-CSRF-Token")
    static let forwardedFor = known("X-Forwarded-For")
    static let forwarded = known("Forwarded")
    static let forwardedProto = known("X-Forwarded-Proto")
    static let idempotencyKey = known("Idempotency-Key")
    static let idempotencyReplayed = known("Idempotency-Replayed")
    static let fetchSite = known("Sec-Fetch-Site")
    static let frameOptions = known("X-Frame-Options")
    static let referrerPolicy = known("Referrer-Policy")
    static let permissionsPolicy = known("Permissions-Policy")
    static let openerPolicy = known("Cross-Origin-Opener-Policy")
    static let resourcePolicy = known("Cross-Origin-Resource-Policy")
    static let clearSiteData = known("Clear-Site-Data")
    static let host = known("Host")
    /// Names the workspace, where a host name is shared.
    static let workspace = known("Kehu-Workspace")

    /// A name that is written out here; the alternative is never taken.
    private static func known(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .server }
}

extension StringProtocol {
    /// The text without spaces and tabs around it.
    var trimmingSpaces: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}

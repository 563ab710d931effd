import HTTPTypes

/// The headers that keep browsers from doing what our pages never ask for.
enum SecurityHeaders {
    /// For pages: everything comes from this server, nothing is inline.
    static let pagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    /// For everything else.
    private static let dataPolicy = "default-src 'none'; frame-ancestors 'none'"

    /// Adds what the answer has not set itself.
    static func add(to reply: inout Reply, isSecure: Bool) {
        let isPage = reply.headers[.contentType]?.hasPrefix("text/html") ?? false
        set(.contentSecurityPolicy, isPage ? pagePolicy : dataPolicy, &reply)
        set(.xContentTypeOptions, "nosniff", &reply)
        set(.frameOptions, "DENY", &reply)
        set(.referrerPolicy, "same-origin", &reply)
        set(.openerPolicy, "same-origin", &reply)
        set(.resourcePolicy, "same-origin", &reply)
        // Whoever checks in with a customer may have the place noted; the browser asks.
        if isPage { set(.permissionsPolicy, "camera=(), microphone=(), geolocation=(self), payment=()", &reply) }
        set(.cacheControl, reply.headers[.eTag] == nil ? "no-store" : "private, no-cache", &reply)
        if isSecure { set(.strictTransportSecurity, "max-age=31536000", &reply) }
    }

    private static func set(_ name: HTTPField.Name, _ value: String, _ reply: inout Reply) {
        if reply.headers[name] == nil { reply.headers[name] = value }
    }
}

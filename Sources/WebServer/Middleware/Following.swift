import Database
import HTTPTypes
import Values

/// Lists, searches and reports may be read from a PostgreSQL that follows the one that is written to. So that people see
/// what they have just written, at whichever server they ask, each answer to a write says where it stands in the log: to
/// a browser by a cookie, to programs by a header that they send along.
enum Following {
    private static let cookie = "kehu_position"
    /// Whoever must see what was written just now, by whomever, sends this.
    private static let latest = "latest"
    /// What is older than a second any server has that is asked at all.
    private static let cookieSeconds = 10

    /// What the caller has written, as far as the request says.
    static func lastWrite(_ call: Call) -> LastWrite {
        let told = [call.headers[.position], Cookies(call.headers)[cookie]].compactMap { $0 }.compactMap {
            Position($0)
        }
        return LastWrite(told.max() ?? .start)
    }

    /// Where a request is answered from.
    static func place(_ route: Route, _ call: Call, after own: LastWrite) -> ReadPlace {
        guard route.mayLag, call.method == .get || call.method == .head else { return .primary }
        let header = call.headers[.position]
        switch call.caller {
        case .nobody: return .primary
        case .session: return header == latest ? .primary : .replica(after: own)
        // A program that does not say what it has written must see it all the same.
        case .key: return header.flatMap { Position($0) } == nil ? .primary : .replica(after: own)
        }
    }

    /// Says where a write stands, if there was one and it matters.
    static func tell(_ own: LastWrite, unlike before: Position, in reply: inout Reply, _ call: Call) {
        let position = own.position
        guard position != before else { return }
        reply.headers[.position] = "\(position)"
        if case .key = call.caller { return }
        reply.setCookie(cookie, "\(position)", seconds: cookieSeconds, call)
    }
}

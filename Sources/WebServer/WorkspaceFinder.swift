public import Values

/// Knows under which host name which workspace is served.
public protocol WorkspaceFinder: Sendable {
    /// The server of the workspace of a host name, opened where it is not open.
    ///
    /// Throws a `Problem`: `unknown_host` for a name under which none is served, another one when it cannot be opened.
    func server(for host: String) async throws -> WebServer

    /// Whether a host name belongs to no workspace of its own: who comes there says at the log-in which one is meant.
    func isShared(_ host: String) -> Bool

    /// The server of a workspace by its name, where host names are shared, opened where it is not open.
    ///
    /// Throws a `Problem`: `unknown_host` where there is no such workspace, another one when it cannot be opened.
    func server(named name: String) async throws -> WebServer

    /// Looks whether it can be told at all which workspaces there are. Throws where it cannot, for whatever name.
    func look() async throws

    /// Whether whoever shares requests out may send people here. Throws where others can do what this process cannot.
    func ready() async throws
}

extension WorkspaceFinder {
    /// Nothing speaks against it.
    public func ready() async throws {}
}

/// The one workspace that a process serves, whatever the host name.
struct OnlyWorkspace: WorkspaceFinder {
    let web: WebServer

    func server(for host: String) async throws -> WebServer { web }

    func isShared(_ host: String) -> Bool { false }

    func server(named name: String) async throws -> WebServer { web }

    func look() async throws {}
}

/// The host of a request without the port, in small letters.
enum HostName {
    static func of(_ authority: String?) -> String {
        guard var host = authority?.lowercased() else { return "" }
        if host.hasPrefix("[") {
            host = String(host.prefix { $0 != "]" }) + "]"
        } else {
            host = String(host.prefix { $0 != ":" })
        }
        if host.hasSuffix(".") { host.removeLast() }
        return host
    }
}

extension Problem {
    /// Nobody is served under this host name.
    public static let unknownHost = Problem(
        .notFound,
        "unknown_host",
        Label(
            "No workspace is served at this address. Check how it is written, or ask your administrator.",
            zh: "该网址下没有工作区，请检查网址是否正确，或联系管理员。"
        )
    )
}

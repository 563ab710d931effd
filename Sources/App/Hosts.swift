import Values

/// Which workspace is served under which host name.
///
/// `crm.acme.example=acme, crm.globex.example=globex, *.crm.example`: names one by one, and a domain below which each
/// workspace has its own name. Whatever else is asked for gets the default one, where there is one. Under the names of
/// `login_host` all are served: people name theirs at the log-in.
public struct Hosts: Sendable {
    private var names: [String: String] = [:]
    private var domains: [String] = []
    private var shared: [String] = []
    private let preset: String

    /// Reads the settings `hosts`, `login_host` and `workspace`; nil when one workspace is served, whatever the host name.
    public init?(_ settings: Settings) throws {
        let parts = Hosts.parts(settings.text("hosts"))
        let shared = Hosts.parts(settings.text("login_host")).map { $0.lowercased() }
        if parts.isEmpty, shared.isEmpty { return nil }
        preset = settings.text("workspace")
        for part in parts {
            let pieces = part.lowercased().split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            if pieces.count == 1, pieces[0].hasPrefix("*."), Hosts.isHost(pieces[0].dropFirst(2)) {
                domains.append(String(pieces[0].dropFirst()))
            } else if pieces.count == 2, Hosts.isHost(pieces[0][...]), WorkspaceDirectory.isName(pieces[1]) {
                names[pieces[0]] = pieces[1]
            } else {
                throw Problem(
                    .invalid,
                    "wrong_setting",
                    Label(
                        "«\(part)» in the setting «hosts» is neither HOST=WORKSPACE nor *.DOMAIN.",
                        zh: "设置项 hosts 中的“\(part)”无效，应为“主机名=工作区”或“*.域名”。"
                    )
                )
            }
        }
        for host in shared {
            guard Hosts.isHost(host[...]), names[host] == nil else {
                throw Problem(
                    .invalid,
                    "wrong_setting",
                    Label(
                        "«\(host)» in the setting «login_host» is no host name, or belongs to a workspace in «hosts».",
                        zh: "设置项 login_host 中的“\(host)”不是有效的主机名，或已在 hosts 中分配给某个工作区。"
                    )
                )
            }
        }
        self.shared = shared
    }

    /// Whether people name their workspace at the log-in under this host name.
    func isShared(_ host: String) -> Bool { shared.contains(host) }

    /// The name of the workspace of a host name, which need not exist; nil for none.
    func workspace(_ host: String) -> String? {
        if isShared(host) { return nil }
        if let name = names[host] { return name }
        for domain in domains where host.hasSuffix(domain) {
            let name = String(host.dropLast(domain.count))
            return WorkspaceDirectory.isName(name) ? name : nil
        }
        return preset.isEmpty ? nil : preset
    }

    /// The host name of a workspace, or the one that it shares, in the place of that of a public address, for links; nil
    /// when it has none.
    func address(of workspace: String, in address: String) -> String? {
        guard !workspace.isEmpty, let start = address.firstRange(of: "://")?.upperBound,
            let host = own(workspace) ?? shared.first
        else { return nil }
        let end = address[start...].lastIndex(of: ":").map { address[$0...] } ?? ""
        return address[..<start] + host + (end.dropFirst().allSatisfy(\.isNumber) ? end : "")
    }

    /// Whether links to a workspace must name it, since its host name does not.
    func mustBeNamed(_ workspace: String) -> Bool {
        !workspace.isEmpty && !shared.isEmpty && own(workspace) == nil
    }

    private func own(_ workspace: String) -> String? {
        // A host name that workspaces share is nobody's own, whatever a workspace is called.
        names.filter { $0.value == workspace }.keys.min()
            ?? domains.first.map { workspace + $0 }.flatMap { shared.contains($0) ? nil : $0 }
    }

    private static func parts(_ text: String) -> [Substring] {
        text.split(whereSeparator: { $0 == " " || $0 == "," })
    }

    private static func isHost(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 253
            && text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || [0x2D, 0x2E].contains(byte)
            }
    }
}

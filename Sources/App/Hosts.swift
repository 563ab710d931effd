import Values

/// Which workspace is served under which host name.
///
/// `crm.acme.example=acme, crm.globex.example=globex, *.crm.example`: names one by one, and a domain below which each
/// workspace has its own name. Whatever else is asked for gets the default one, where there is one.
public struct Hosts: Sendable {
    private var names: [String: String] = [:]
    private var domains: [String] = []
    private let preset: String

    /// Reads the settings `hosts` and `workspace`; nil when one workspace is served, whatever the host name.
    public init?(_ settings: Settings) throws {
        let text = settings.text("hosts")
        if text.allSatisfy({ $0 == " " || $0 == "," }) { return nil }
        preset = settings.text("workspace")
        for part in text.split(whereSeparator: { $0 == " " || $0 == "," }) {
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
    }

    /// The name of the workspace of a host name, which need not exist; nil for none.
    func workspace(_ host: String) -> String? {
        if let name = names[host] { return name }
        for domain in domains where host.hasSuffix(domain) {
            let name = String(host.dropLast(domain.count))
            return WorkspaceDirectory.isName(name) ? name : nil
        }
        return preset.isEmpty ? nil : preset
    }

    /// A workspace's own host name in the place of that of a public address, for links; nil when it has none.
    func address(of workspace: String, in address: String) -> String? {
        guard !workspace.isEmpty, let start = address.firstRange(of: "://")?.upperBound,
            let host = names.filter({ $0.value == workspace }).keys.min() ?? domains.first.map({ workspace + $0 })
        else { return nil }
        let end = address[start...].lastIndex(of: ":").map { address[$0...] } ?? ""
        return address[..<start] + host + (end.dropFirst().allSatisfy(\.isNumber) ? end : "")
    }

    private static func isHost(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.count <= 253
            && text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || [0x2D, 0x2E].contains(byte)
            }
    }
}

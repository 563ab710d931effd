import CCurl
import Glibc
import Values

/// Checks the address of a receiver when somebody types it, with the parser that later calls it.
public enum ReceiverAddress {
    /// Throws a problem about `field` unless `text` is an address that may be called. What its name stands for is
    /// asked again at each connection, since that may change.
    public static func check(_ text: String, field: String, allowsNearby: Bool) throws {
        func refuse(_ code: String, _ message: Label) -> Problem { .invalid(field, code, message) }
        guard text.utf8.count <= 2000, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let parts = parts(of: text),
            !parts.host.isEmpty
        else {
            throw refuse(
                "not_an_address",
                Label("Use an address such as https://example.com/hook.", zh: "请填写完整的网址，例如 https://example.com/hook。")
            )
        }
        guard parts.scheme == "https" || parts.scheme == "http" && allowsNearby else {
            throw refuse(
                "not_https",
                Label(
                    "Use https; plain http is only for receivers in your own network, which the settings must allow.",
                    zh: "请使用 https 网址；http 仅限内网接收方，且须在系统设置中允许内网地址。"
                )
            )
        }
        guard !parts.hasPassword else {
            throw refuse(
                "has_password",
                Label("Leave name and password out of the address.", zh: "网址中不要包含用户名和密码。")
            )
        }
        let isLocal = parts.host == "localhost" || parts.host.hasSuffix(".localhost")
        let reach = literal(parts.host)?.reach ?? (isLocal ? .nearby : .everywhere)
        if reach == .nowhere || reach == .nearby && !allowsNearby {
            throw refuse("not_public", refusal(parts.host, reach))
        }
    }

    /// Why an address is not called.
    static func refusal(_ address: String, _ reach: NetworkAddress.Reach) -> Label {
        guard reach == .nearby else {
            return Label("\(address) can never be a receiver.", zh: "\(address) 属于保留地址，不能作为接收方。")
        }
        return Label(
            "\(address) is not a public address. An administrator may allow addresses of your own network in the settings.",
            zh: "\(address) 不是公网地址。如需发送到内网，请管理员在系统设置中允许内网地址。"
        )
    }

    private struct Parts {
        let scheme: String
        let host: String
        let hasPassword: Bool
    }

    private static func parts(of text: String) -> Parts? {
        guard let address = curl_url() else { return nil }
        defer { curl_url_cleanup(address) }
        guard curl_url_set(address, CURLUPART_URL, text, 0) == CURLUE_OK else { return nil }
        func part(_ part: CURLUPart) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard curl_url_get(address, part, &value, 0) == CURLUE_OK, let value else { return nil }
            defer { curl_free(value) }
            return String(cString: value)
        }
        guard let scheme = part(CURLUPART_SCHEME), let host = part(CURLUPART_HOST) else { return nil }
        let hasPassword = part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil
        return Parts(scheme: scheme, host: host.lowercased(), hasPassword: hasPassword)
    }

    /// The address that a host is when it is no name.
    private static func literal(_ host: String) -> NetworkAddress? {
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, bare, &bytes) == 1 { return NetworkAddress(Array(bytes.prefix(4))) }
        if inet_pton(AF_INET6, bare, &bytes) == 1 { return NetworkAddress(bytes) }
        return nil
    }
}

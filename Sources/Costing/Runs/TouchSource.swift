/// Reads how somebody came from the address that they came by: the `utm_…` members that advertisements put there.
enum TouchSource {
    /// The members of an address that say where somebody came from, as text without escapes; empty for an address
    /// without any.
    static func members(of address: String) -> [String: String] {
        guard let start = address.firstIndex(of: "?") else { return [:] }
        let query = address[address.index(after: start)...].prefix { $0 != "#" }
        var members: [String: String] = [:]
        for part in query.split(separator: "&").prefix(100) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, pair[0].hasPrefix("utm_") else { continue }
            let text = plain(String(pair[1])).drop { $0.isWhitespace }
            if !text.isEmpty { members[String(pair[0].dropFirst(4))] = String(text.prefix(100)) }
        }
        return members
    }

    /// The channel that a medium and a source stand for; nil where they say nothing that is known.
    static func channel(medium: String, source: String) -> String? {
        let (medium, source) = (medium.lowercased(), source.lowercased())
        switch medium {
        case "cpc", "ppc", "sem", "paid", "paidsearch", "paid_search", "search": return "search"
        case "social", "paid_social", "paidsocial", "sns", "feed", "kol": return "social"
        case "referral", "affiliate": return medium == "affiliate" ? "partner" : "referral"
        case "event", "webinar", "offline": return "event"
        case "organic", "direct", "email", "seo": return "website"
        default: break
        }
        let engines = ["baidu", "google", "bing", "sogou", "so.com", "360"]
        let networks = [
            "weixin", "wechat", "weibo", "douyin", "xiaohongshu", "zhihu", "linkedin", "facebook", "tiktok",
        ]
        if engines.contains(where: source.contains) { return "search" }
        return networks.contains(where: source.contains) ? "social" : nil
    }

    private static func plain(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(0x20)
            } else if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes.filter { $0 >= 0x20 && $0 != 0x7F }, as: UTF8.self)
    }
}

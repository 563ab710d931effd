import Values

/// The address of a web page, which begins with `http://` or `https://`.
public enum WebAddress {
    /// The address in a text; `https://` is put in front of a bare `example.com`. Scheme and host are in lower case.
    ///
    /// Throws `invalid_url` for anything that is no web page, such as `javascript:`, and `too_long` beyond 2,000
    /// characters.
    public static func normalised(_ text: String) throws(ValueFailure) -> String {
        if isPlain(text) { return text }
        let address = text.trimmedSpaces
        guard address.utf8.count <= 8_000, address.unicodeScalars.count <= 2_000 else { throw tooLong }
        let hasStranger = address.unicodeScalars.contains {
            $0.properties.isWhitespace || $0.value < 0x21 || $0.value == 0x7F
                || "\"<>\\^`{|}".unicodeScalars.contains($0)
        }
        guard !hasStranger else { throw invalid }
        var scheme = "https"
        var rest = Substring(address)
        if let mark = address.firstRange(of: "://"),
            !address[..<mark.lowerBound].contains(where: { "/?#".contains($0) })
        {
            scheme = Fold.fold(String(address[..<mark.lowerBound]))
            rest = address[mark.upperBound...]
        } else if address.hasPrefix("//") {
            rest = address.dropFirst(2)
        }
        let authority = rest.prefix { !"/?#".contains($0) }
        guard scheme == "http" || scheme == "https", let host = host(authority) else { throw invalid }
        let whole = scheme + "://" + host + rest.dropFirst(authority.count)
        guard whole.unicodeScalars.count <= 2_000 else { throw tooLong }
        return whole
    }

    /// True for an address that is already as it is stored: what files and programs bring is nearly always so.
    private static func isPlain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count <= 2_000 else { return false }
            let start = bytes.starts(with: "https://".utf8) ? 8 : bytes.starts(with: "http://".utf8) ? 7 : bytes.count
            let host = bytes[start...].prefix { $0 != 0x2F }
            return DomainName.isPlain(host)
                && bytes[host.endIndex...].allSatisfy {
                    DomainName.isPlain($0) || $0 == 0x2F || $0 == 0x2D || $0 == 0x2E
                }
        }
    }

    /// A host and its port, folded; nil with a name and password in front, which belong in no CRM.
    private static func host(_ authority: Substring) -> String? {
        let folded = Fold.fold(String(authority))
        var name = Substring(folded)
        if let colon = folded.lastIndex(of: ":"), folded.last != "]" {
            let port = folded[folded.index(after: colon)...]
            guard port.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(port), (1...65_535).contains(number)
            else { return nil }
            name = folded[..<colon]
        }
        if name.first == "[", name.last == "]" {
            let inner = name.dropFirst().dropLast()
            return inner.contains(":") && inner.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." } ? folded : nil
        }
        if DomainName.isValid(String(name)) { return name.contains(".") || name == "localhost" ? folded : nil }
        let numbers = name.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers.allSatisfy { UInt8($0) != nil } ? folded : nil
    }

    private static let invalid = ValueFailure(
        "invalid_url",
        Label("This is no web address. Write it as in https://example.com.", zh: "网址不正确，请按 https://example.com 的格式填写。")
    )
    private static let tooLong = ValueFailure(
        "too_long",
        Label("A web address has at most 2,000 characters.", zh: "网址最多 2000 个字符。")
    )
}

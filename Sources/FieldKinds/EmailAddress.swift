import Values

/// An e-mail address, in lower case.
public enum EmailAddress {
    /// The address in a text: `Zhang@Example.com`, `张伟 <zhang@example.com>`, with an ideographic full stop or in full width.
    ///
    /// Throws `invalid_email`. Addresses and domains in other scripts are kept as they are.
    public static func normalised(_ text: String) throws(ValueFailure) -> String {
        if isPlain(text) { return text }
        var address = Substring(Fold.fold(text).trimmedSpaces)
        if let open = address.lastIndex(of: "<"), address.last == ">" {
            address = address[address.index(after: open)...].dropLast()
        }
        if address.hasPrefix("mailto:") { address = address.dropFirst(7) }
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, address.utf8.count <= 254 else { throw invalid }
        let domain = String(parts[1].map { $0 == "。" || $0 == "｡" ? "." : $0 })
        guard isLocal(parts[0]), DomainName.isValid(domain), domain.contains(".") else { throw invalid }
        return parts[0] + "@" + domain
    }

    /// True for an address that is already as it is stored: what files and programs bring is nearly always so.
    private static func isPlain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count <= 254, let at = bytes.firstIndex(of: 0x40), (1...64).contains(at) else { return false }
            var before: UInt8 = 0x2E
            for byte in bytes[..<at] {
                let isMark = byte == 0x2D || byte == 0x5F || byte == 0x2B
                guard DomainName.isPlain(byte) || isMark || (byte == 0x2E && before != 0x2E) else { return false }
                before = byte
            }
            return before != 0x2E && DomainName.isPlain(bytes[(at + 1)...])
        }
    }

    private static func isLocal(_ local: Substring) -> Bool {
        guard (1...64).contains(local.utf8.count), local.first != ".", local.last != ".", !local.contains("..") else {
            return false
        }
        return local.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                ? DomainName.isLetterOrDigit(scalar) || ".!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
                : scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
    }

    private static let invalid = ValueFailure(
        "invalid_email",
        Label("This is no e-mail address. Write it as in name@example.com.", zh: "邮箱地址不正确，请按 name@example.com 的格式填写。")
    )
}

/// A name of a host.
enum DomainName {
    /// True for labels of letters, digits and hyphens; letters of any script.
    static func isValid(_ domain: String) -> Bool {
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...253).contains(domain.utf8.count), let last = labels.last else { return false }
        guard !last.allSatisfy({ $0.isASCII && $0.isNumber }) else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.unicodeScalars.allSatisfy { scalar in
                    scalar.isASCII
                        ? isLetterOrDigit(scalar) || scalar == "-"
                        : scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                            || scalar.properties.generalCategory == .nonspacingMark
                }
        }
    }

    /// True for several labels of small Latin letters, digits and hyphens: valid, and already as it is stored.
    static func isPlain(_ domain: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        guard (1...253).contains(domain.count) else { return false }
        var (length, labels, hasLetter) = (0, 0, false)
        var before: UInt8 = 0x2D
        for byte in domain {
            if byte == 0x2E {
                guard length > 0, before != 0x2D else { return false }
                (length, hasLetter) = (0, false)
                labels += 1
            } else {
                guard isPlain(byte) || (byte == 0x2D && length > 0), length < 63 else { return false }
                length += 1
                if byte > 0x39 { hasLetter = true }
            }
            before = byte
        }
        return labels > 0 && length > 0 && before != 0x2D && hasLetter
    }

    static func isPlain(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }

    static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        (0x30...0x39).contains(scalar.value) || (0x61...0x7A).contains(scalar.value | 0x20)
    }
}

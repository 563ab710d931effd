import CSodium
public import Values

/// Codes of authenticator apps: six digits that change every 30 seconds (RFC 6238).
public enum TOTP {
    /// The code of a secret at a step; a step is 30 seconds since 1970.
    public static func code(secret: [UInt8], step: Int64, digits: Int = 6) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> Int64(56 - 8 * $0)) }
        let mac = SHA1.authentication(of: counter, key: secret)
        let offset = Int(mac[19] & 15)
        let number = mac[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let modulus = (0..<digits).reduce(UInt32(1)) { value, _ in value * 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// The step at a moment.
    public static func step(at instant: Instant) -> Int64 { instant.milliseconds / 30_000 }

    /// The step whose code this is, at most one step away from `now` and later than `last`; nil if it is wrong or was
    /// used before.
    public static func match(_ code: String, secret: [UInt8], now: Instant, after last: Int64) -> Int64? {
        let given = Array(code.utf8)
        let present = step(at: now)
        var found: Int64?
        for step in [present - 1, present, present + 1] where step > last && step >= 0 {
            if Secret.isEqual(Array(self.code(secret: secret, step: step).utf8), given), found == nil { found = step }
        }
        return found
    }

    /// The secret as base 32, for typing it in.
    public static func text(ofSecret secret: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var result: [UInt8] = []
        var (group, bits): (UInt32, UInt32) = (0, 0)
        for byte in secret {
            group = group << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                result.append(alphabet[Int(group >> bits & 31)])
            }
        }
        if bits > 0 { result.append(alphabet[Int(group << (5 - bits) & 31)]) }
        return String(decoding: result, as: UTF8.self)
    }

    /// The address that authenticator apps read from a QR code.
    public static func uri(secret: [UInt8], account: String, issuer: String) -> String {
        let (issuer, account) = (escaped(issuer), escaped(account))
        return "otpauth://totp/\(issuer):\(account)?secret=\(text(ofSecret: secret))&issuer=\(issuer)"
            + "&algorithm=SHA1&digits=6&period=30"
    }

    private static func escaped(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.append(byte)
            default: result += Array("%".utf8) + Array(Secret.hex([byte]).uppercased().utf8)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// Codes for a person whose phone is lost: each works once.
enum RecoveryCodes {
    /// Ten new codes such as `7K3Q-D0V9-XW2M`, of 60 random bits.
    static func make() throws -> [String] {
        try (0..<10).map { _ in
            let characters = try Secret.random(12).map { RecordID.digit(Int($0 & 31)) }
            let text = String(decoding: characters, as: UTF8.self)
            return "\(text.prefix(4))-\(text.dropFirst(4).prefix(4))-\(text.dropFirst(8))"
        }
    }

    /// What is stored of a code; each user's hashes differ.
    static func hash(_ code: String, user: RecordID) -> String {
        let plain = String(String.UnicodeScalarView(Fold.fold(code).unicodeScalars.filter { $0 != "-" && $0 != " " }))
        // As people misread them: o for 0, i and l for 1.
        let read = String(plain.map { $0 == "o" ? "0" : $0 == "i" || $0 == "l" ? "1" : $0 })
        return Secret.hex(Secret.hash(read, purpose: "recovery \(user)"))
    }
}

/// What is known of the numbers of a country.
struct PhoneCountry {
    /// The country code.
    let code: String
    /// What is dialled before a national number at home, and is no part of E.164.
    let trunk: String
    /// How many digits a national number has.
    let lengths: ClosedRange<Int>

    /// The country of an ISO code.
    static func named(_ iso: String) -> PhoneCountry? { countries[iso] }

    /// The country code at the start of international digits; the longest that exists.
    static func code(of digits: Substring) -> String? {
        for length in 1...3 where codes.contains(String(digits.prefix(length))) { return String(digits.prefix(length)) }
        return nil
    }

    /// What is known of a country code.
    static func coded(_ code: String) -> PhoneCountry? { byCode[code] }

    private static let countries: [String: PhoneCountry] = {
        var found: [String: PhoneCountry] = [:]
        for line in table.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let parts = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 5, let least = Int(parts[3]), let most = Int(parts[4]), least <= most else { continue }
            found[parts[0]] = PhoneCountry(code: parts[1], trunk: parts[2], lengths: least...most)
        }
        return found
    }()

    private static let byCode = Dictionary(
        countries.values.map { ($0.code, $0) },
        uniquingKeysWith: { first, _ in first }
    )

    /// Country, code, trunk prefix, fewest and most digits.
    private static let table = """
        HK:852::8:9 MO:853::8:8 TW:886:0:7:10 SG:65::8:8 MY:60:0:7:10 TH:66:0:8:9 VN:84:0:7:10 ID:62:0:7:12 PH:63:0:8:10
        KR:82:0:8:11 JP:81:0:9:10 IN:91:0:10:10 AE:971:0:8:9 US:1:1:10:10 CA:1:1:10:10 GB:44:0:7:10 DE:49:0:6:13
        FR:33:0:9:9 IT:39::6:12 ES:34::9:9 NL:31:0:9:10 RU:7:8:10:10 KZ:7:8:10:10 BR:55:0:10:11 MX:52:01:10:10
        AU:61:0:9:9 NZ:64:0:8:10 ZA:27:0:9:9 NG:234:0:8:10 EG:20:0:8:10 SA:966:0:8:9 TR:90:0:10:10 UA:380:0:9:9
        PL:48::9:9 SE:46:0:7:10 CH:41:0:9:9 PK:92:0:8:11 BD:880:0:6:10 MN:976:0:8:8 PT:351::9:9 BE:32:0:8:9 AT:43:0:6:13
        IE:353:0:7:10 DK:45::8:8 NO:47::8:8 FI:358:0:6:12 IL:972:0:8:9 AR:54:0:10:11 CL:56::9:9 CO:57:0:10:10 GR:30::10:10
        CZ:420::9:9 HU:36:06:8:9 RO:40:0:9:9 KH:855:0:8:9 MM:95:0:7:10 LA:856:0:8:10 LK:94:0:9:9 NP:977:0:8:10
        KE:254:0:9:9 IR:98:0:10:10
        """

    /// Every country code that is in use.
    private static let codes: Set<String> = Set(
        """
        1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84
        86 90 91 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236
        237 238 239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265
        266 267 268 269 290 291 297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378
        380 381 382 383 385 386 387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596
        597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 800 808 850 852
        853 855 856 870 878 880 881 882 883 886 888 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977
        979 992 993 994 995 996 998
        """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
    )
}

/// The numbers of the mainland of China.
enum ChinesePhone {
    /// The national number without the leading zero of an area; nil when it is no Chinese number.
    static func national(_ digits: String, afterCode: Bool = false) -> String? {
        if isMobile(digits) || isService(digits) { return digits }
        if digits.first == "0" {
            let rest = String(digits.dropFirst())
            return isMobile(rest) || isLandLine(rest) ? rest : nil
        }
        // Spreadsheets drop the zero of 0571…; of the numbers that begin with 1 only Beijing's, after +86.
        guard isLandLine(digits), afterCode || digits.first != "1" else { return nil }
        return digits
    }

    static func isMobile(_ digits: String) -> Bool {
        let second = digits.dropFirst().first ?? "0"
        return digits.utf8.count == 11 && digits.first == "1" && second >= "3"
    }

    /// 400 and 800 numbers, and the short ones of banks, carriers and authorities.
    static func isService(_ digits: String) -> Bool {
        switch digits.utf8.count {
        case 3: ["110", "114", "117", "119", "120", "121", "122"].contains(digits)
        case 5...9: ["95", "96", "10", "12", "116", "118"].contains(where: digits.hasPrefix) && (digits.utf8.count < 9)
        case 10: digits.hasPrefix("400") || digits.hasPrefix("800")
        default: false
        }
    }

    /// An area code without its zero, then the number.
    static func isLandLine(_ digits: String) -> Bool {
        let area = areaLength(digits)
        guard area > 0 else { return false }
        let rest = digits.utf8.count - area
        return area == 2 ? rest == 8 : rest == 7 || rest == 8
    }

    /// 2 for Beijing and the great cities, 3 elsewhere, 0 for no area.
    static func areaLength(_ digits: String) -> Int {
        let second = digits.dropFirst().first
        switch digits.first {
        case "1": return second == "0" ? 2 : 0
        case "2": return 2
        case .some("3"..."9"): return second == "0" ? 0 : 3
        default: return 0
        }
    }
}

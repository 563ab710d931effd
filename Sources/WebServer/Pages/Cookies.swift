import HTTPTypes
import Identity
import Pages
import Values

/// The small values that a browser keeps for pages.
struct Cookies {
    private let values: [String: String]

    /// Reads the cookies of a request.
    init(_ headers: HTTPFields) {
        var values: [String: String] = [:]
        for header in headers[values: .cookie] {
            for part in header.split(separator: ";") {
                let pieces = part.split(separator: "=", maxSplits: 1)
                if pieces.count == 2 { values[pieces[0].trimmingSpaces] = pieces[1].trimmingSpaces }
            }
        }
        self.values = values
    }

    /// The value of a cookie.
    subscript(name: String) -> String? { values[name] }

    /// The language of a page: the person's, before the log-in the chosen one, else what the browser prefers.
    static func language(_ call: Call) -> Language {
        call.caller.actor?.language ?? Cookies(call.headers)["kehu_language"].flatMap(Language.init(rawValue:))
            ?? call.language
    }
}

extension Reply {
    /// Sets a cookie that scripts cannot read, unless told otherwise; 0 seconds make the browser forget it.
    mutating func setCookie(_ name: String, _ value: String, seconds: Int, readable: Bool = false, _ call: Call) {
        setCookie(name, value, seconds: seconds, readable: readable, isSecure: call.isSecure)
    }

    /// The same where it is known how the client came.
    mutating func setCookie(
        _ name: String,
        _ value: String,
        seconds: Int,
        readable: Bool = false,
        isSecure: Bool
    ) {
        let text =
            "\(name)=\(value); Path=/; SameSite=Lax; Max-Age=\(seconds)" + (readable ? "" : "; HttpOnly")
            + (isSecure ? "; Secure" : "")
        headers.append(HTTPField(name: .setCookie, value: text))
    }
}

/// Carries a message over a redirect.
enum FlashCookie {
    static let name = "kehu_flash"

    /// The message as a cookie's value.
    static func text(_ flash: Flash) -> String {
        let tone =
            switch flash.tone {
            case .ok: "ok"
            case .bad: "bad"
            case .info: "info"
            }
        return PercentCoding.encode([tone, flash.undo ?? "", String(flash.text.prefix(300))].joined(separator: "\n"))
    }

    /// The message of a cookie's value; nil for anything else.
    static func read(_ text: String) -> Flash? {
        guard let plain = try? PercentCoding.decode(text[...].utf8) else { return nil }
        let parts = plain.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        let tones: [String: Flash.Tone] = ["ok": .ok, "bad": .bad, "info": .info]
        guard parts.count == 3, let tone = tones[parts[0]] else { return nil }
        return Flash(tone, parts[2], undo: PageCall.isOwn(parts[1]) ? parts[1] : nil)
    }
}

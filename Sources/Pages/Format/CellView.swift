import FieldKinds
import Schema
public import Values

extension CellValue {
    /// The value in a table or list of facts. `short` keeps it to one line and cuts large amounts.
    public func html(in context: PageContext, short: Bool = false) -> HTML {
        switch self {
        case .empty: return CellValue.nothing(context)
        case .text(let text): return HTML(text: text)
        case .longText(let text): return short ? HTML(text: firstLine(text)) : "<span class=\"k-text\">\(text)</span>"
        case .number(let value): return "<span class=\"k-num\">\(Format.number(value))</span>"
        case .decimal(let value, let scale):
            return "<span class=\"k-num\">\(Format.decimal(value, scale: scale))</span>"
        case .real(let value): return "<span class=\"k-num\">\(Format.real(value))</span>"
        case .money(let money): return CellValue.amount(money, context)
        case .day(let day): return CellValue.time(day)
        case .instant(let instant): return CellValue.time(instant, in: context)
        case .boolean(let flag):
            return flag
                ? "<span class=\"k-yes\">\(Icons.use("check"))\(context(Words.yes))</span>"
                : "<span class=\"k-no\">\(context(Words.no))</span>"
        case .choices(let choices): return HTML.each(choices) { Badge.choice($0, in: context) }
        case .link(let name, let href):
            guard let href else { return HTML(text: name) }
            return "<a class=\"k-link\"\(href: href)>\(name)</a>"
        case .person(let name): return "<span class=\"k-person\">\(Avatar.html(name))<span>\(name)</span></span>"
        case .phone(let number):
            let dial = number.prefix { $0 != ";" }
            // In a list a sign is enough, so that one doubtful number does not make the column wide.
            let doubt = HTML.with(PhoneNumber.doubt(number).map { context($0) }) { text -> HTML in
                short
                    ? " <span class=\"k-doubt\" title=\"\(text)\">\(Icons.use("warning"))<span class=\"k-hidden\">\(text)</span></span>"
                    : " <span class=\"k-help\">\(text)</span>"
            }
            return """
                <a class="k-link k-num" href="tel:\(String(dial))">\(Format.phone(number, in: context))</a>\(doubt)
                """
        case .email(let address): return "<a class=\"k-link\" href=\"mailto:\(address)\">\(address)</a>"
        case .url(let address): return CellValue.webLink(address)
        case .address(let text): return HTML(text: text)
        case .file(let name, let href):
            return "<a class=\"k-link k-file\"\(href: href)>\(Icons.use("file"))\(name)</a>"
        case .tags(let tags): return HTML.each(tags) { "<span class=\"k-tag\">\($0)</span>" }
        case .html(let html): return html
        }
    }

    /// What stands where there is no value.
    public static func nothing(_ context: PageContext) -> HTML {
        "<span class=\"k-none\"><span aria-hidden=\"true\">—</span><span class=\"k-hidden\">\(context(Words.empty))</span></span>"
    }

    /// A day, marked up as such.
    public static func time(_ day: Day) -> HTML { "<time datetime=\"\(day.description)\">\(day.description)</time>" }

    /// A moment, marked up as such; the script shows recent ones as relative.
    public static func time(_ instant: Instant, in context: PageContext) -> HTML {
        "<time datetime=\"\(instant.description)\" data-relative>\(Format.instant(instant, in: context))</time>"
    }

    private static func amount(_ money: Money, _ context: PageContext) -> HTML {
        "<span class=\"k-num\">\(Format.money(money, context.language))</span>"
    }

    private static func webLink(_ address: String) -> HTML {
        guard WebAddress.isSafe(address), !address.hasPrefix("/") else { return HTML(text: address) }
        let shown = address.split(separator: "/", maxSplits: 1).last.map { $0.drop { $0 == "/" } } ?? address[...]
        let text = shown.hasSuffix("/") ? shown.dropLast() : shown
        return "<a class=\"k-link\"\(href: address) rel=\"noopener noreferrer\" target=\"_blank\">\(String(text))</a>"
    }

    private func firstLine(_ text: String) -> String {
        let line = text.prefix { !$0.isNewline }
        return line.count < text.count ? line + "…" : text
    }
}

/// A word in a coloured pill.
public enum Badge {
    /// What a badge says about the state.
    public enum Tone: String, Sendable {
        /// Neither good nor bad.
        case neutral
        /// Under way.
        case accent
        /// Good.
        case ok
        /// Needs attention.
        case warn
        /// Bad.
        case bad
    }

    /// A badge; the dot and the colour repeat what the word says.
    public static func html(_ text: String, _ tone: Tone = .neutral) -> HTML {
        "<span class=\"k-badge k-badge-\(tone.rawValue)\">\(text)</span>"
    }

    static func choice(_ choice: Choice, in context: PageContext) -> HTML {
        let tone: Tone =
            switch choice.outcome {
            case "won": .ok
            case "lost": .bad
            case "open": .accent
            default: .neutral
            }
        return html(context(choice.label), tone)
    }
}

/// The picture of a person: two characters on one of five colours, always the same for the same name.
public enum Avatar {
    /// The picture, of one character unless `large`; it is decoration, so the name must stand beside it.
    public static func html(_ name: String, large: Bool = false) -> HTML {
        let colour = name.utf8.reduce(UInt32(0)) { $0 &* 31 &+ UInt32($1) } % 5 + 1
        return
            "<span class=\"k-avatar k-avatar-\(colour)\" aria-hidden=\"true\">\(large ? Format.initials(name) : String(name.prefix(1)))</span>"
    }
}

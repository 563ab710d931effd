import Foundation
public import Values

/// The colours that a person has chosen.
public enum Theme: String, Sendable, CaseIterable {
    /// As the device.
    case system
    /// Light.
    case light
    /// Dark.
    case dark
}

/// How much a person wants to see at once.
public enum Density: String, Sendable, CaseIterable {
    /// Rows of 40 px.
    case comfortable
    /// Rows of 32 px.
    case compact
}

/// For whom a page is made: language, time zone, theme, and the token that its forms carry.
public struct PageContext: Sendable {
    /// The language of all words.
    public var language: Language
    /// Light, dark or as the device.
    public var theme: Theme
    /// The height of rows.
    public var density: Density
    /// The token that proves that a form came from our page; empty on pages before the log-in.
    public var csrf: String
    /// The path and query of the page, to come back to after a switch.
    public var path: String
    /// Where the workspace is at home, ISO 3166: telephone numbers there are shown without their country code.
    public var country = "CN"
    /// The present moment.
    public var now: Instant
    private let zone: TimeZone
    private let isChina: Bool

    /// A page for one person. `timeZone` is an IANA name; an unknown one counts as Asia/Shanghai.
    public init(
        language: Language,
        timeZone: String = "Asia/Shanghai",
        theme: Theme = .system,
        density: Density = .comfortable,
        csrf: String = "",
        path: String = "/",
        now: Instant
    ) {
        self.language = language
        self.theme = theme
        self.density = density
        self.csrf = csrf
        self.path = path
        self.now = now
        let zone = TimeZone(identifier: timeZone) ?? TimeZone(secondsFromGMT: PageContext.eightHours)
        self.zone = zone ?? .gmt
        isChina = timeZone == "Asia/Shanghai"
    }

    /// The words of a label in the person's language.
    public func callAsFunction(_ label: Label) -> String { label.text(language) }

    /// How many seconds the person's clock is ahead of UTC at a moment.
    public func offset(at instant: Instant) -> Int {
        // China has had no summer time since 1991, and this is asked for every cell with a time.
        if isChina, instant.milliseconds > 694_224_000_000 { return PageContext.eightHours }
        return zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000))
    }

    /// Today, where the person is.
    public var today: Day { Day(of: now, offset: offset(at: now)) }

    /// Reads `2026-11-28T14:05` of a form as a moment in the person's time zone; nil for anything else.
    public func instant(local text: String) -> Instant? {
        guard let naive = Instant(text + "Z") else { return nil }
        // The offset is asked twice, so that it is right on both sides of a change of summer time.
        let guess = naive.adding(milliseconds: Int64(-offset(at: naive)) * 1000)
        return naive.adding(milliseconds: Int64(-offset(at: guess)) * 1000)
    }

    /// The hidden field that every form of a person who is logged in carries.
    public var csrfField: HTML {
        csrf.isEmpty ? .empty : "<input type=\"hidden\" name=\"_csrf\" value=\"\(csrf)\">"
    }

    private static let eightHours = 28_800
}

/// The languages of the product.
public enum Language: String, Sendable, CaseIterable {
    /// Simplified Chinese.
    case zh
    /// English.
    case en

    /// The BCP 47 tag for `lang` and `Content-Language`.
    public var tag: String { self == .zh ? "zh-CN" : "en" }
}

/// A text in both languages. There is no way to make one with only one of them.
public struct Label: Hashable, Sendable {
    /// The English text.
    public let en: String
    /// The Chinese text.
    public let zh: String

    /// A text in English and Chinese.
    public init(_ en: String, zh: String) {
        self.en = en
        self.zh = zh
    }

    /// The text in one language.
    public func text(_ language: Language) -> String { language == .zh ? zh : en }
}

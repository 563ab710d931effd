/// A name without what does not tell records apart: case, width, traditional forms, marks, punctuation.
public struct PlainName: Sendable, Equatable {
    /// Its words and runs of Chinese, in order.
    public let words: [String]
    /// The words, one after another without spaces.
    public var text: String { words.joined() }

    /// The plain form of a text; of long ones the first 400 characters.
    public init(_ text: String) {
        let folded = FoldedText(text, limit: PlainName.limit)
        words = folded.pieces.map { PlainName.string(folded.scalars[$0.range]) }
    }

    private static let limit = 400

    /// The words of a text's plain form as the numbers of their characters: for who looks into them.
    public static func scalars(of text: String) -> [[UInt32]] {
        let folded = FoldedText(text, limit: limit)
        return folded.pieces.map { Array(folded.scalars[$0.range]) }
    }

    /// How a text sounds: Chinese as pinyin without tones, words as they are, all in one. 吕磊 and `Lv Lei` are equal;
    /// with `isPerson`, a first surname is read as one.
    public static func sound(of text: String, isPerson: Bool = false) -> String {
        let folded = FoldedText(text, limit: limit)
        var sound: [UInt8] = []
        sound.reserveCapacity(folded.scalars.count * 4)
        for piece in folded.pieces {
            let scalars = folded.scalars[piece.range]
            if piece.kind == .word {
                for scalar in scalars { sound.append(scalar: scalar) }
                continue
            }
            let syllables = Reading.usual(of: scalars, isWhole: isPerson && folded.pieces.count == 1)
            for (scalar, syllable) in zip(scalars, syllables) {
                if let syllable { sound += Syllables.names[syllable].utf8 } else { sound.append(scalar: scalar) }
            }
        }
        return String(decoding: sound, as: UTF8.self)
    }

    /// A text from the numbers of its characters.
    public static func string(_ scalars: [UInt32]) -> String { string(scalars[...]) }

    static func string(_ scalars: ArraySlice<UInt32>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(64)
        for scalar in scalars { bytes.append(scalar: scalar) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

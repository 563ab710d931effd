/// A name without what does not tell records apart: case, width, traditional forms, marks, punctuation.
public struct PlainName: Sendable, Equatable {
    /// Its words and runs of Chinese, in order.
    public let words: [String]
    /// The words, one after another without spaces.
    public var text: String { words.joined() }

    /// The plain form of a text; of long ones the first 400 characters.
    public init(_ text: String) {
        let folded = FoldedText(text, limit: 400)
        words = folded.pieces.map { piece in
            String(String.UnicodeScalarView(folded.scalars[piece.range].compactMap(Unicode.Scalar.init)))
        }
    }

    /// How a text sounds: Chinese as pinyin without tones, words as they are, all in one. 吕磊 and `Lv Lei` are equal;
    /// with `isPerson`, a first surname is read as one.
    public static func sound(of text: String, isPerson: Bool = false) -> String {
        let folded = FoldedText(text, limit: 400)
        var sound = ""
        for piece in folded.pieces {
            let scalars = folded.scalars[piece.range]
            var next = scalars.startIndex
            if piece.kind == .run {
                for part in Reading.parts(of: scalars, isWhole: isPerson && folded.pieces.count == 1) {
                    sound += string(scalars[next..<part.range.lowerBound])
                    for syllable in part.reading.usual { sound += Syllables.names[syllable] }
                    next = part.range.upperBound
                }
            }
            sound += string(scalars[next...])
        }
        return sound
    }

    private static func string(_ scalars: ArraySlice<UInt32>) -> String {
        String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init)))
    }
}

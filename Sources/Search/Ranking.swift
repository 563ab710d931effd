public import Values

/// Orders the first few hundred hits: the name itself, names that begin with the query, names that hold it, the rest;
/// among equals the newest first.
public struct Ranking: Sendable {
    /// How well a name fits.
    public enum Fit: Int, Sendable, Comparable {
        /// Found by something else than the letters of the name.
        case elsewhere
        /// The name holds the query.
        case contains
        /// The name, or its pinyin, begins with the query.
        case begins
        /// The name is the query.
        case exact

        /// Better fits are greater.
        public static func < (left: Fit, right: Fit) -> Bool { left.rawValue < right.rawValue }
    }

    private let query: String
    private let isLatin: Bool

    /// The ranking for a query.
    public init(_ query: SearchQuery) {
        self.query = query.folded
        isLatin = query.folded.utf8.allSatisfy { (0x61...0x7A).contains($0) }
    }

    /// How well a name fits the query.
    public func fit(_ name: String) -> Fit {
        let text = FoldedText(name, limit: 400)
        let folded = Ranking.fold(text)
        if folded == query { return .exact }
        if folded.hasPrefix(query) { return .begins }
        if folded.contains(query) { return .contains }
        guard isLatin, let piece = text.pieces.first, piece.kind == .run else { return .elsewhere }
        let run = text.scalars[piece.range].prefix(TokenWriter.readLimit)
        guard let part = Reading.parts(of: run, isWhole: text.pieces.count == 1).first,
            part.range.lowerBound == piece.range.lowerBound
        else { return .elsewhere }
        for sequence in part.reading.sequences {
            let pinyin = sequence.map { Syllables.names[$0] }.joined()
            let initials = String(decoding: sequence.map { Syllables.initials[$0] }, as: UTF8.self)
            if pinyin == query || initials == query { return .begins }
            if pinyin.hasPrefix(query) || initials.hasPrefix(query) { return .begins }
        }
        return .elsewhere
    }

    /// The hits in order.
    public func sorted<Hit>(_ hits: [Hit], id: (Hit) -> RecordID, name: (Hit) -> String) -> [Hit] {
        hits.map { (hit: $0, fit: fit(name($0)), id: id($0)) }
            .sorted { ($0.fit, $0.id) > ($1.fit, $1.id) }
            .map(\.hit)
    }

    /// A text as its pieces without what is between them.
    static func fold(_ text: FoldedText) -> String {
        String(String.UnicodeScalarView(text.scalars.compactMap(Unicode.Scalar.init)))
    }
}

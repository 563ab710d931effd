/// How lately, how often and for how much a customer bought, each as a score of 1 to 5.
public enum RFM {
    /// What is scored.
    public struct Purchases: Sendable {
        /// Days since the last purchase.
        public let recency: Double
        /// Purchases.
        public let frequency: Double
        /// Their value.
        public let monetary: Double

        /// What is scored.
        public init(recency: Double, frequency: Double, monetary: Double) {
            self.recency = recency
            self.frequency = frequency
            self.monetary = monetary
        }
    }

    /// The scores of one customer; 5 is best.
    public struct Score: Sendable, Equatable {
        /// How lately.
        public let recency: Int
        /// How often.
        public let frequency: Int
        /// For how much.
        public let monetary: Int
        /// The three digits as one number, as in 543.
        public var cell: Int { recency * 100 + frequency * 10 + monetary }
    }

    /// The borders between scores: the values below which a fifth, two fifths and so on of all customers lie.
    public static func cuts(_ values: [Double]) -> [Double] {
        let sorted = values.sorted()
        return [0.2, 0.4, 0.6, 0.8].compactMap { Statistics.quantile(sorted, $0) }
    }

    /// The scores of all customers, in their order: 1 + the number of borders below the value, the days reversed.
    public static func scores(_ customers: [Purchases]) -> [Score] {
        let recency = cuts(customers.map(\.recency))
        let frequency = cuts(customers.map(\.frequency))
        let monetary = cuts(customers.map(\.monetary))
        func score(_ value: Double, _ cuts: [Double]) -> Int { 1 + cuts.count { $0 < value } }
        return customers.map {
            Score(
                recency: 6 - score($0.recency, recency),
                frequency: score($0.frequency, frequency),
                monetary: score($0.monetary, monetary)
            )
        }
    }
}

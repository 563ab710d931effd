import Records

/// The features of the product: a line each. A feature whose line is deleted is gone.
enum Modules {
    static let all: [Module] = []
}

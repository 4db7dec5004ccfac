/// A statement for which the two engines need different texts, with the same `?`.
struct Dialects {
    let sqlite: String
    let postgreSQL: String
}

extension Querying {
    var isPostgreSQL: Bool {
        if case .postgreSQL = connection { true } else { false }
    }

    func text(of statement: Dialects) -> String { isPostgreSQL ? statement.postgreSQL : statement.sqlite }
}

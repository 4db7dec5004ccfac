import HTTP
import Index

extension BackgroundWork {
    /// A sweep as background work. `HTTP`, which has the type, does not know the index.
    package init(_ sweep: Sweep) {
        self.init(sweep.name, run: sweep.run)
    }
}

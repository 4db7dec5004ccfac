import Events
import Messages
import Reviews

// What one resource needs of another's behaviour, said by the one that needs it and filled in here.

extension MessageViews: ReviewViews, EventViews {}

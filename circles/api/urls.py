"""Where circles answer, below /api/v1."""

from django.urls import URLPattern, URLResolver, path

from circles.api import auction_views, chat_views, handover_views, inside_views, people_views, record_views, views

CIRCLE = "circles/<uuid:circle_id>"
MEMBER = f"{CIRCLE}/members/<uuid:membership_id>"
MESSAGE = f"{CIRCLE}/chat/<uuid:message_id>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("circles", views.CirclesView.as_view()),
    path("circles/join", views.JoinView.as_view()),
    path("circles/rehearse", views.RehearseView.as_view()),
    path("circles/invites/<str:code>", views.InviteView.as_view()),
    path("circles/handovers/<str:code>", handover_views.PlaceView.as_view()),
    path("circles/handovers/<str:code>/take", handover_views.TakePlaceView.as_view()),
    path("circles/record", record_views.RecordView.as_view()),
    path("circles/record/<uuid:contribution_id>/appeal", record_views.AppealView.as_view()),
    path("circles/nominee", people_views.NomineeView.as_view()),
    path(CIRCLE, views.CircleDetailView.as_view()),
    path(f"{CIRCLE}/invite", views.RenewInviteView.as_view()),
    path(f"{CIRCLE}/start", views.StartView.as_view()),
    path(f"{CIRCLE}/cancel", views.CancelView.as_view()),
    path(f"{CIRCLE}/pause", views.PauseView.as_view()),
    path(f"{CIRCLE}/resume", views.ResumeView.as_view()),
    path(f"{CIRCLE}/leave", views.LeaveView.as_view()),
    path(f"{CIRCLE}/renew", views.RenewView.as_view()),
    path(f"{CIRCLE}/members", inside_views.MembersView.as_view()),
    path(f"{MEMBER}/approve", inside_views.ApproveMemberView.as_view()),
    path(f"{MEMBER}/remove", people_views.RemoveMemberView.as_view()),
    path(f"{CIRCLE}/auction", auction_views.AuctionView.as_view()),
    path(f"{CIRCLE}/handovers", handover_views.HandoversView.as_view()),
    path(f"{CIRCLE}/handovers/<uuid:handover_id>/approve", handover_views.ApproveHandoverView.as_view()),
    path(f"{CIRCLE}/votes", people_views.VotesView.as_view()),
    path(f"{CIRCLE}/votes/<uuid:vote_id>/cast", people_views.BallotView.as_view()),
    path(f"{CIRCLE}/cohost", people_views.CohostView.as_view()),
    path(f"{CIRCLE}/hand-over", people_views.HandOverView.as_view()),
    path(f"{CIRCLE}/succession", people_views.SuccessionView.as_view()),
    path(f"{CIRCLE}/cycles", inside_views.CyclesView.as_view()),
    path(f"{CIRCLE}/contributions", inside_views.ContributionsView.as_view()),
    path(f"{CIRCLE}/contribute", inside_views.ContributeView.as_view()),
    path(f"{CIRCLE}/payout-order", inside_views.PayoutOrderView.as_view()),
    path(f"{CIRCLE}/exposure", inside_views.ExposureView.as_view()),
    path(f"{CIRCLE}/security", inside_views.SecurityView.as_view()),
    path(f"{CIRCLE}/swaps", inside_views.SwapsView.as_view()),
    path(f"{CIRCLE}/swaps/<uuid:swap_id>/accept", inside_views.AcceptSwapView.as_view()),
    path(f"{CIRCLE}/dissolution", inside_views.DissolutionView.as_view()),
    path(f"{CIRCLE}/draw", inside_views.DrawView.as_view()),
    path(f"{CIRCLE}/chat", chat_views.ChatView.as_view()),
    path(f"{CIRCLE}/chat/images", chat_views.ChatImagesView.as_view()),
    path(f"{CIRCLE}/chat/read", chat_views.ChatReadView.as_view()),
    path(f"{CIRCLE}/chat/mute", chat_views.ChatMuteView.as_view()),
    path(MESSAGE, chat_views.ChatMessageView.as_view()),
    path(f"{MESSAGE}/image", chat_views.ChatImageView.as_view()),
    path(f"{MESSAGE}/report", chat_views.ChatReportView.as_view()),
    path(f"{MESSAGE}/hide", chat_views.ChatHideView.as_view()),
    path(f"{MEMBER}/silence", chat_views.ChatSilenceView.as_view()),
    path(f"{CIRCLE}/charter", inside_views.CharterView.as_view()),
    path(f"{CIRCLE}/charter/accept", inside_views.AcceptCharterView.as_view()),
]
